// Command compose reads a Compose file with the code that Docker Compose itself reads it with: against the schema of
// the Compose specification, then as a whole (what is used is declared, nothing waits for itself). It prints the words of
// each service's command and check as JSON, or what is wrong, and ends with 1.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

func main() {
	project, err := load(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	told := map[string]map[string][]string{}
	for name, service := range project.Services {
		told[name] = map[string][]string{"command": service.Command, "check": nil}
		if service.HealthCheck != nil {
			told[name]["check"] = service.HealthCheck.Test
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		panic(err)
	}
}

func load(path string) (*types.Project, error) {
	options, err := cli.NewProjectOptions([]string{path}, cli.WithProfiles([]string{"*"}))
	if err != nil {
		return nil, err
	}
	return options.LoadProject(context.Background())
}
