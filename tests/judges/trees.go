package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Height says how many levels of the tree one tile holds.
func (e *exhibit) Height() int { return 8 }

// ReadTiles reads exactly the files asked for; a full tile does not stand in for a partial one.
func (e *exhibit) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, t := range tiles {
		raw, err := os.ReadFile(filepath.Join(e.dir, layout.TilePath(uint64(t.L), uint64(t.N), uint8(t.W%256))))
		if err != nil {
			return nil, err
		}
		data = append(data, raw)
	}
	return data, nil
}

// SaveTiles is told which tiles were found right.
func (e *exhibit) SaveTiles([]tlog.Tile, [][]byte) {}

// reader gives hashes that x/mod has checked against the checkpoint's root.
func (e *exhibit) reader() tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: int64(e.checkpoint.Size), Hash: tlog.Hash(e.checkpoint.Hash)}, e)
}

// bundle reads the entries of one bundle, at exactly the width it has in this log.
func (e *exhibit) bundle(index int64) ([][]byte, error) {
	width := min(int64(e.checkpoint.Size)-index*256, 256)
	raw, err := os.ReadFile(filepath.Join(e.dir, layout.EntriesPath(uint64(index), uint8(width%256))))
	if err != nil {
		return nil, err
	}
	var bundle api.EntryBundle
	if err := bundle.UnmarshalText(raw); err != nil {
		return nil, err
	}
	if int64(len(bundle.Entries)) != width {
		return nil, fmt.Errorf("bundle %d holds %d entries, not %d", index, len(bundle.Entries), width)
	}
	return bundle.Entries, nil
}

func (e *exhibit) entry(index int64) ([]byte, error) {
	entries, err := e.bundle(index / 256)
	if err != nil {
		return nil, err
	}
	return slices.Clone(entries[index%256]), nil
}

// judgeTlog hashes every entry, compares it with the tree's leaf, and makes every proof anew.
func judgeTlog(e *exhibit) error {
	if e.checkpoint.Size == 0 {
		if hash, err := tlog.TreeHash(0, e); err != nil || !bytes.Equal(hash[:], e.checkpoint.Hash) {
			return fmt.Errorf("empty tree has root %x (%w)", hash, err)
		}
		return nil
	}
	if err := e.compareLeaves(); err != nil {
		return err
	}
	for _, p := range e.Inclusion {
		if err := e.compareInclusion(p); err != nil {
			return fmt.Errorf("entry %d of %d: %w", p.Index, p.Size, err)
		}
	}
	for _, p := range e.Consistency {
		if err := e.compareConsistency(p); err != nil {
			return fmt.Errorf("from %d to %d: %w", p.Old, p.Size, err)
		}
	}
	return nil
}

// ReadHashes is asked for nothing in an empty tree.
func (e *exhibit) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	return make([]tlog.Hash, len(indexes)), nil
}

func (e *exhibit) compareLeaves() error {
	reader := e.reader()
	for index := int64(0); index*256 < int64(e.checkpoint.Size); index++ {
		entries, err := e.bundle(index)
		if err != nil {
			return err
		}
		var places []int64
		for at := range entries {
			places = append(places, tlog.StoredHashIndex(0, index*256+int64(at)))
		}
		leaves, err := reader.ReadHashes(places)
		if err != nil {
			return err
		}
		for at, entry := range entries {
			if leaves[at] != tlog.RecordHash(entry) {
				return fmt.Errorf("entry %d is not the tree's leaf", index*256+int64(at))
			}
		}
	}
	return nil
}

func (e *exhibit) compareInclusion(p inclusion) error {
	reader := e.reader()
	made, err := tlog.ProveRecord(p.Size, p.Index, reader)
	if err != nil {
		return err
	}
	if !slices.Equal(made, hashes(p.Hashes)) {
		return fmt.Errorf("x/mod makes another proof")
	}
	root, err := tlog.TreeHash(p.Size, reader)
	if err != nil {
		return err
	}
	leaves, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, p.Index)})
	if err != nil {
		return err
	}
	return tlog.CheckRecord(hashes(p.Hashes), p.Size, root, p.Index, leaves[0])
}

func (e *exhibit) compareConsistency(p consistency) error {
	reader := e.reader()
	made, err := tlog.ProveTree(p.Size, p.Old, reader)
	if err != nil {
		return err
	}
	if !slices.Equal(tlog.TreeProof(made), hashes(p.Hashes)) {
		return fmt.Errorf("x/mod makes another proof")
	}
	before, after, err := e.roots(p)
	if err != nil {
		return err
	}
	return tlog.CheckTree(hashes(p.Hashes), p.Size, after, p.Old, before)
}

func (e *exhibit) roots(p consistency) (before, after tlog.Hash, err error) {
	reader := e.reader()
	if before, err = tlog.TreeHash(p.Old, reader); err == nil {
		after, err = tlog.TreeHash(p.Size, reader)
	}
	return before, after, err
}

func hashes(raw [][]byte) []tlog.Hash {
	var out []tlog.Hash
	for _, h := range raw {
		out = append(out, tlog.Hash(h))
	}
	return out
}

// judgeMerkle verifies every proof.
func judgeMerkle(e *exhibit) error {
	hasher := rfc6962.DefaultHasher
	for _, p := range e.Inclusion {
		entry, err := e.entry(p.Index)
		if err != nil {
			return err
		}
		root, err := tlog.TreeHash(p.Size, e.reader())
		if err != nil {
			return err
		}
		err = proof.VerifyInclusion(hasher, uint64(p.Index), uint64(p.Size), hasher.HashLeaf(entry), p.Hashes, root[:])
		if err != nil {
			return fmt.Errorf("entry %d of %d: %w", p.Index, p.Size, err)
		}
	}
	for _, p := range e.Consistency {
		before, after, err := e.roots(p)
		if err != nil {
			return err
		}
		if err := proof.VerifyConsistency(hasher, uint64(p.Old), uint64(p.Size), p.Hashes, before[:], after[:]); err != nil {
			return fmt.Errorf("from %d to %d: %w", p.Old, p.Size, err)
		}
	}
	return nil
}

// judgeFsck derives all tiles and the root from the entry bundles.
func judgeFsck(e *exhibit) error {
	key, err := note.NewVerifier(e.Log)
	if err != nil {
		return err
	}
	hash := func(raw []byte) ([][]byte, error) {
		var bundle api.EntryBundle
		if err := bundle.UnmarshalText(raw); err != nil {
			return nil, err
		}
		var leaves [][]byte
		for _, entry := range bundle.Entries {
			leaves = append(leaves, rfc6962.DefaultHasher.HashLeaf(entry))
		}
		return leaves, nil
	}
	return fsck.New(key.Name(), key, client.FileFetcher{Root: e.dir}, hash, fsck.Opts{N: 2}).Check(context.Background())
}

// judgeTesseraProofs makes the proofs of the whole tree anew.
func judgeTesseraProofs(e *exhibit) error {
	if e.checkpoint.Size == 0 {
		return nil
	}
	ctx := context.Background()
	builder, err := client.NewProofBuilder(ctx, e.checkpoint.Size, client.FileFetcher{Root: e.dir}.ReadTile)
	if err != nil {
		return err
	}
	for _, p := range e.Inclusion {
		if uint64(p.Size) != e.checkpoint.Size {
			continue
		}
		made, err := builder.InclusionProof(ctx, uint64(p.Index))
		if err != nil || !slices.EqualFunc(made, p.Hashes, bytes.Equal) {
			return fmt.Errorf("entry %d: tessera makes another proof (%v)", p.Index, err)
		}
	}
	for _, p := range e.Consistency {
		made, err := builder.ConsistencyProof(ctx, uint64(p.Old), uint64(p.Size))
		if err != nil || !slices.EqualFunc(made, p.Hashes, bytes.Equal) {
			return fmt.Errorf("from %d to %d: tessera makes another proof (%v)", p.Old, p.Size, err)
		}
	}
	return nil
}
