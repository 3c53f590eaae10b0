package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"filippo.io/torchwood"
	flog "github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	fproof "github.com/transparency-dev/formats/proof"
	fwitness "github.com/transparency-dev/formats/witness"
	"github.com/transparency-dev/tessera"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// judgeNote opens the cosigned checkpoint: both signatures, the cosignature's second, the text.
func judgeNote(e *exhibit) error {
	logKey, err := note.NewVerifier(e.Log)
	if err != nil {
		return err
	}
	witnessKey, err := fnote.NewVerifierForCosignatureV1(e.Witness)
	if err != nil {
		return err
	}
	n, err := note.Open(e.signed, note.VerifierList(logKey, witnessKey))
	if err != nil {
		return err
	}
	if len(n.Sigs) != 2 || len(n.UnverifiedSigs) != 0 {
		return fmt.Errorf("%d signatures verified, %d not", len(n.Sigs), len(n.UnverifiedSigs))
	}
	at, err := fnote.CoSigV1Timestamp(n.Sigs[1])
	if err != nil || !at.Equal(time.Unix(e.Seconds, 0)) {
		return fmt.Errorf("cosigned at %v (%v)", at, err)
	}
	checkpoint, rest, _, err := flog.ParseCheckpoint(e.signed, logKey.Name(), logKey, witnessKey)
	if err != nil || len(rest) != 0 {
		return fmt.Errorf("checkpoint with %d bytes of extensions: %w", len(rest), err)
	}
	if tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + afterFirstLine(n.Text))); err != nil ||
		tree.N != int64(checkpoint.Size) || !bytes.Equal(tree.Hash[:], checkpoint.Hash) {
		return fmt.Errorf("x/mod reads another tree: %w", err)
	}
	e.checkpoint = *checkpoint
	return nil
}

func afterFirstLine(text string) string {
	_, rest, _ := bytes.Cut([]byte(text), []byte("\n"))
	return string(rest)
}

// judgePolicy reads the policy with three parsers; each must find the quorum met, and unmet without the cosignature.
func judgePolicy(e *exhibit) error {
	formats, err := fwitness.ParsePolicy(e.policy)
	if err != nil {
		return err
	}
	group, err := tessera.NewWitnessGroupFromPolicy(e.policy)
	if err != nil {
		return err
	}
	wood, err := torchwood.ParsePolicy(e.policy)
	if err != nil {
		return err
	}
	bare := e.signed[:bytes.LastIndex(e.signed[:len(e.signed)-1], []byte("\n"))+1]
	for want, signed := range map[bool][]byte{true: e.signed, false: bare} {
		_, _, err := torchwood.VerifyCheckpoint(signed, wood)
		if formats.Satisfied(signed) != want || group.Satisfied(signed) != want || (err == nil) != want {
			return fmt.Errorf("quorum met should be %v; torchwood says %v", want, err)
		}
	}
	return nil
}

// judgeProofFiles reads each .tlog-proof, writes it again, and verifies it offline against the policy.
func judgeProofFiles(e *exhibit) error {
	policy, err := torchwood.ParsePolicy(e.policy)
	if err != nil {
		return err
	}
	paths, err := filepath.Glob(filepath.Join(e.dir, "*.tlog-proof"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var proof fproof.TLogProof
		if err := proof.Unmarshal(raw); err != nil {
			return err
		}
		if !bytes.Equal(proof.Marshal(), raw) {
			return fmt.Errorf("%s is written in another way", path)
		}
		entry, err := e.entry(int64(proof.Index))
		if err != nil {
			return err
		}
		if err := torchwood.VerifyProof(policy, tlog.RecordHash(entry), raw); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := torchwood.VerifyProof(policy, tlog.RecordHash(append(entry, 'x')), raw); err == nil {
			return fmt.Errorf("%s proves another entry too", path)
		}
	}
	return nil
}
