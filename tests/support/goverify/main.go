// SPDX-License-Identifier: EUPL-1.2

// Goverify checks a ledger in an export with Go's own implementation of transparency logs. It
// shares no code with Tov, so a mistake in ours cannot hide itself.
//
//	goverify [-old FILE]... [-witness VKEY]... DIR VKEY
//
// DIR holds checkpoint, tile/<L>/<N>[.p/<W>] and leaves/<N>[.p/<W>]; the journal of an export is
// checked by a second run on DIR/journal with the journal's key. It says "ok" and exits 0, or says
// what is wrong and exits 1:
//
//   - the note is signed by VKEY, whose name is the origin;
//   - every witness named signed it, or one of the older checkpoints;
//   - every leaf that is there has the hash in its level-0 tile (an empty record was erased);
//   - every tile and the root follow from the level-0 hashes;
//   - every older checkpoint named is a prefix of this tree.
//
//	goverify -fork FILE VKEY
//
// proves the same by FILE, fork/<agency>/<generation> of an export (docs/export.md).
//
//	goverify -equivocation NOTE NOTE PROOF VKEY
//
// proves that VKEY signed two trees that exclude each other: both notes are good, and either their
// sizes are the same and their roots are not; or PROOF (a line of base64 for each hash, the first
// one the root that the larger tree has at the smaller size) shows that the larger one extends
// another root than the smaller note has.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(v string) error { *l = append(*l, v); return nil }

// witness verifies cosignature/v1 (type 0x04), which x/mod does not know.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }
func (w *witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(w.key, append([]byte(head), msg...), sig[8:])
}

func parseWitness(vkey string) (*witness, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("witness key: not name+id+key")
	}
	id, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return nil, fmt.Errorf("witness key: %v", err)
	}
	key, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 4 {
		return nil, fmt.Errorf("witness key: not a key of type 0x04")
	}
	sum := sha256.Sum256([]byte(parts[0] + "\n" + string(key)))
	if binary.BigEndian.Uint32(sum[:]) != uint32(id) {
		return nil, fmt.Errorf("witness key: wrong id")
	}
	return &witness{parts[0], uint32(id), key[1:]}, nil
}

// openCheckpoint returns the tree of a note that LOG signed, and the names of all who signed it.
func openCheckpoint(file string, log note.Verifier, known note.Verifiers) (tlog.Tree, map[string]bool, error) {
	var tree tlog.Tree
	data, err := os.ReadFile(file)
	if err != nil {
		return tree, nil, err
	}
	n, err := note.Open(data, known)
	if err != nil {
		return tree, nil, fmt.Errorf("%s: %v", file, err)
	}
	signers := make(map[string]bool)
	for _, s := range n.Sigs {
		signers[fmt.Sprintf("%s+%08x", s.Name, s.Hash)] = true
	}
	if !signers[fmt.Sprintf("%s+%08x", log.Name(), log.KeyHash())] {
		return tree, nil, fmt.Errorf("%s: not signed by the ledger's key", file)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tree, nil, fmt.Errorf("%s: not three lines", file)
	}
	if lines[0] != log.Name() {
		return tree, nil, fmt.Errorf("%s: origin is not the key's name", file)
	}
	tree.N, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || tree.N < 0 || strconv.FormatInt(tree.N, 10) != lines[1] {
		return tree, nil, fmt.Errorf("%s: bad size", file)
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, signers, err
}

// tilePath is tlog's path without the height that tlog-tiles leaves out.
func tilePath(t tlog.Tile) string {
	return strings.Replace(t.Path(), fmt.Sprintf("tile/%d/", t.H), "tile/", 1)
}

func leavesPath(t tlog.Tile) string {
	return strings.Replace(tilePath(t), "tile/0/", "leaves/", 1)
}

// readLeaves returns the records of one bundle, exactly as many as its tile is wide.
func readLeaves(dir string, t tlog.Tile) ([][]byte, error) {
	file := filepath.Join(dir, leavesPath(t))
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var records [][]byte
	for len(data) > 0 {
		if len(data) < 2 {
			return nil, fmt.Errorf("%s: cut", file)
		}
		size := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+size {
			return nil, fmt.Errorf("%s: cut", file)
		}
		records = append(records, data[2:2+size])
		data = data[2+size:]
	}
	if len(records) != t.W {
		return nil, fmt.Errorf("%s: %d records, not %d", file, len(records), t.W)
	}
	return records, nil
}

// stored is a tree in memory, in tlog's own order of hashes.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, 0, len(indexes))
	for _, i := range indexes {
		if i >= int64(len(s)) {
			return nil, fmt.Errorf("hash %d is not there", i)
		}
		out = append(out, s[i])
	}
	return out, nil
}

// addTile appends the leaf hashes of one level-0 tile, each checked against its leaf.
func addTile(dir string, t tlog.Tile, tree *stored) error {
	file := filepath.Join(dir, tilePath(t))
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if len(data) != t.W*tlog.HashSize {
		return fmt.Errorf("%s: %d bytes, not %d", file, len(data), t.W*tlog.HashSize)
	}
	records, err := readLeaves(dir, t)
	if err != nil {
		return err
	}
	for i, record := range records {
		var hash tlog.Hash
		copy(hash[:], data[i*tlog.HashSize:])
		index := t.N<<tileHeight + int64(i)
		if len(record) > 0 && tlog.RecordHash(record) != hash {
			return fmt.Errorf("leaf %d is not the one in %s", index, file)
		}
		more, err := tlog.StoredHashesForRecordHash(index, hash, *tree)
		if err != nil {
			return err
		}
		*tree = append(*tree, more...)
	}
	return nil
}

// tilesOf lists the tiles of a tree: the full ones of each level, and one partial one at its end.
func tilesOf(size int64) []tlog.Tile {
	const width = 1 << tileHeight
	var tiles []tlog.Tile
	for level := 0; size>>(tileHeight*level) > 0; level++ {
		hashes := size >> (tileHeight * level)
		for n := int64(0); n*width < hashes; n++ {
			w := hashes - n*width
			if w > width {
				w = width
			}
			tiles = append(tiles, tlog.Tile{H: tileHeight, L: level, N: n, W: int(w)})
		}
	}
	return tiles
}

func checkTiles(dir string, size int64, tree *stored) error {
	tiles := tilesOf(size)
	for _, t := range tiles {
		if t.L == 0 {
			if err := addTile(dir, t, tree); err != nil {
				return err
			}
		}
	}
	for _, t := range tiles {
		want, err := tlog.ReadTileData(t, *tree)
		if err != nil {
			return err
		}
		file := filepath.Join(dir, tilePath(t))
		have, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if !bytes.Equal(have, want) {
			return fmt.Errorf("%s does not follow from the leaves", file)
		}
	}
	return nil
}

func checkRoot(tree tlog.Tree, hashes stored) error {
	if tree.N == 0 {
		if tree.Hash != tlog.Hash(sha256.Sum256(nil)) {
			return fmt.Errorf("the root of an empty tree is wrong")
		}
		return nil
	}
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("the root does not follow from the leaves")
	}
	return nil
}

func checkOld(old, tree tlog.Tree, hashes stored) error {
	if old.N > tree.N {
		return fmt.Errorf("an older checkpoint is larger")
	}
	if old.N == 0 || old.N == tree.N {
		if old.N == tree.N && old.Hash != tree.Hash {
			return fmt.Errorf("two roots at one size")
		}
		return checkRoot(old, hashes)
	}
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
}

func run(dir, vkey string, olds, witnesses list) error {
	log, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	verifiers := []note.Verifier{log}
	for _, w := range witnesses {
		v, err := parseWitness(w)
		if err != nil {
			return err
		}
		verifiers = append(verifiers, v)
	}
	known := note.VerifierList(verifiers...)
	tree, signers, err := openCheckpoint(filepath.Join(dir, "checkpoint"), log, known)
	if err != nil {
		return err
	}
	var hashes stored
	if err := checkTiles(dir, tree.N, &hashes); err != nil {
		return err
	}
	if err := checkRoot(tree, hashes); err != nil {
		return err
	}
	for _, file := range olds {
		old, more, err := openCheckpoint(file, log, known)
		if err != nil {
			return err
		}
		for signer := range more {
			signers[signer] = true
		}
		if err := checkOld(old, tree, hashes); err != nil {
			return fmt.Errorf("%s: %v", file, err)
		}
	}
	for _, v := range verifiers {
		if !signers[fmt.Sprintf("%s+%08x", v.Name(), v.KeyHash())] {
			return fmt.Errorf("not signed by %s", v.Name())
		}
	}
	fmt.Printf("ok %s size %d\n", log.Name(), tree.N)
	return nil
}

func readHashes(file string) ([]tlog.Hash, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var hashes []tlog.Hash
	for _, line := range strings.Fields(string(data)) {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

func equivocation(smaller, larger, proof, vkey string) error {
	log, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	known := note.VerifierList(log)
	a, _, err := openCheckpoint(smaller, log, known)
	if err != nil {
		return fmt.Errorf("%s: %v", smaller, err)
	}
	b, _, err := openCheckpoint(larger, log, known)
	if err != nil {
		return fmt.Errorf("%s: %v", larger, err)
	}
	var hashes []tlog.Hash
	if a.N != b.N {
		if hashes, err = readHashes(proof); err != nil {
			return fmt.Errorf("%s: no proof: %v", proof, err)
		}
	}
	return exclude(log, a, b, hashes)
}

// shortNote opens a line "<size> <root> <signature>", which is a signed checkpoint in short form.
func shortNote(line string, log note.Verifier) (tlog.Tree, error) {
	words := strings.Split(line, " ")
	if len(words) != 3 {
		return tlog.Tree{}, fmt.Errorf("not a line of size, root and signature: %q", line)
	}
	bare, err := base64.StdEncoding.DecodeString(words[2])
	if err != nil {
		return tlog.Tree{}, err
	}
	signature := append(binary.BigEndian.AppendUint32(nil, log.KeyHash()), bare...)
	text := log.Name() + "\n" + words[0] + "\n" + words[1] + "\n"
	whole := text + "\n\u2014 " + log.Name() + " " + base64.StdEncoding.EncodeToString(signature) + "\n"
	if _, err := note.Open([]byte(whole), note.VerifierList(log)); err != nil {
		return tlog.Tree{}, err
	}
	size, err := strconv.ParseInt(words[0], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(words[1])
	return tlog.Tree{N: size, Hash: root}, err
}

func forkFile(path, vkey string) error {
	log, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if len(lines) < 2 {
		return fmt.Errorf("%s: two notes are needed", path)
	}
	a, err := shortNote(lines[0], log)
	if err != nil {
		return err
	}
	b, err := shortNote(lines[1], log)
	if err != nil {
		return err
	}
	var hashes []tlog.Hash
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		hashes = append(hashes, hash)
	}
	return exclude(log, a, b, hashes)
}

// exclude proves that no one tree has both; the first of HASHES is the root of B at A's size.
func exclude(log note.Verifier, a, b tlog.Tree, hashes []tlog.Hash) error {
	if a.N == b.N {
		if a.Hash == b.Hash {
			return fmt.Errorf("one tree, signed twice")
		}
		fmt.Printf("proved %s signed two trees of size %d\n", log.Name(), a.N)
		return nil
	}
	if len(hashes) == 0 {
		return fmt.Errorf("no proof")
	}
	if err := tlog.CheckTree(tlog.TreeProof(hashes[1:]), b.N, b.Hash, a.N, hashes[0]); err != nil {
		return err
	}
	if hashes[0] == a.Hash {
		return fmt.Errorf("the larger tree extends the smaller one")
	}
	fmt.Printf("proved %s signed size %d, and size %d that does not extend it\n", log.Name(), a.N, b.N)
	return nil
}

func main() {
	var olds, witnesses list
	two := flag.Bool("equivocation", false, "prove two trees by NOTE NOTE PROOF VKEY")
	fork := flag.Bool("fork", false, "prove two trees by FILE VKEY, FILE of an export")
	flag.Var(&olds, "old", "an older checkpoint `file` that this tree must extend")
	flag.Var(&witnesses, "witness", "a witness's `vkey` that must have cosigned")
	flag.Parse()
	if *two && flag.NArg() == 4 {
		if err := equivocation(flag.Arg(0), flag.Arg(1), flag.Arg(2), flag.Arg(3)); err != nil {
			fmt.Fprintln(os.Stderr, "goverify:", err)
			os.Exit(1)
		}
		return
	}
	if *fork && flag.NArg() == 2 {
		if err := forkFile(flag.Arg(0), flag.Arg(1)); err != nil {
			fmt.Fprintln(os.Stderr, "goverify:", err)
			os.Exit(1)
		}
		return
	}
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: goverify [-old FILE]... [-witness VKEY]... DIR VKEY")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), flag.Arg(1), olds, witnesses); err != nil {
		fmt.Fprintln(os.Stderr, "goverify:", err)
		os.Exit(1)
	}
}
