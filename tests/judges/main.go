// Command judges examines a log directory with other people's libraries. It shares no code with what wrote it.
//
//	judges DIR
//
// DIR holds a static tlog-tiles log, policy.txt, manifest.json (see the type), and <index>.tlog-proof files. Each judge
// prints one line when it is content; the first complaint goes to standard error, and the exit code is 1.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	flog "github.com/transparency-dev/formats/log"
)

// manifest says what the log claims to be, and holds the proofs its writer made.
type manifest struct {
	Log         string        `json:"log"`     // verifier key
	Witness     string        `json:"witness"` // verifier key of type 0x04
	Seconds     int64         `json:"seconds"` // when the witness cosigned
	Inclusion   []inclusion   `json:"inclusion"`
	Consistency []consistency `json:"consistency"`
}

type inclusion struct {
	Index  int64    `json:"index"`
	Size   int64    `json:"size"`
	Hashes [][]byte `json:"hashes"`
}

type consistency struct {
	Old    int64    `json:"old"`
	Size   int64    `json:"size"`
	Hashes [][]byte `json:"hashes"`
}

// exhibit is what every judge is given.
type exhibit struct {
	manifest
	dir        string
	signed     []byte // the checkpoint file
	policy     []byte
	checkpoint flog.Checkpoint // filled in by the first judge
}

type judge struct {
	name  string
	check func(*exhibit) error
}

var judges = []judge{
	{"x/mod note and formats", judgeNote},
	{"policies of formats, tessera and torchwood", judgePolicy},
	{"x/mod tlog", judgeTlog},
	{"merkle", judgeMerkle},
	{"tessera fsck", judgeFsck},
	{"tessera proofs", judgeTesseraProofs},
	{"tlog-proofs of formats and torchwood", judgeProofFiles},
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir string) error {
	e, err := load(dir)
	if err != nil {
		return err
	}
	for _, j := range judges {
		if err := j.check(e); err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
		fmt.Println(j.name)
	}
	return nil
}

func load(dir string) (*exhibit, error) {
	e := &exhibit{dir: dir}
	raw, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &e.manifest); err != nil {
		return nil, err
	}
	if e.signed, err = os.ReadFile(filepath.Join(dir, "checkpoint")); err != nil {
		return nil, err
	}
	e.policy, err = os.ReadFile(filepath.Join(dir, "policy.txt"))
	return e, err
}
