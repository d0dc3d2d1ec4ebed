package vault

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"dcedge/edge"
)

// diary is a Recorder that remembers, or refuses.
type diary struct {
	records []edge.Private
	err     error
}

func (d *diary) Record(_ context.Context, p ...edge.Private) error {
	if d.err != nil {
		return d.err
	}
	d.records = append(d.records, p...)
	return nil
}

type known map[string]bool

func (k known) HasRecipient(_ context.Context, client, order, _ string) (bool, error) {
	return k[client+"/"+order], nil
}

type rig struct {
	Options
	now   time.Time
	diary *diary
	log   *bytes.Buffer
}

func newRig(t *testing.T) *rig {
	t.Helper()
	kek, err := ParseKEK(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	require.NoError(t, err)
	r := &rig{now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), diary: &diary{}, log: &bytes.Buffer{}}
	r.Options = Options{Dir: t.TempDir(), Site: "ICN1", KEK: kek, Recorder: r.diary, Orders: known{},
		Now: func() time.Time { return r.now }, Logger: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	return r
}

func (r *rig) open(t *testing.T) *Vault {
	t.Helper()
	v, err := Open(r.Options)
	require.NoError(t, err)
	t.Cleanup(func() { _ = v.Close() })
	return v
}

func person(n int) edge.Personal {
	return edge.Personal{Recipient: &edge.Recipient{Name: fmt.Sprintf("황하은%d", n), Phone: "010-8477-1824",
		Address: "경기도 용인시 기흥구 동백중앙로 371", AddressDetail: "115동 201호", Entrance: "#7788*"},
		Routing: &edge.Routing{SortCode: "4W44"}}
}

func put(t *testing.T, v *Vault, order string, p edge.Personal) edge.PersonalRef {
	t.Helper()
	refs, _, err := v.Put([]edge.PersonalItem{{Client: "default", Order: order, Data: p}})
	require.NoError(t, err)
	require.Len(t, refs, 1)
	return refs[0]
}

var printing = Purpose{Who: "printing", What: "print", Why: "A-1", Order: "o-1"}

func TestPutAndGet(t *testing.T) {
	r := newRig(t)
	v := r.open(t)
	one := put(t, v, "o-1", person(1))
	assert.Equal(t, 1, one.Version)
	assert.Equal(t, one, put(t, v, "o-1", person(1)), "a repeated push is the same version")
	two := put(t, v, "o-1", person(2))
	assert.Equal(t, edge.PersonalRef{Ref: one.Ref, Version: 2}, two)
	assert.Equal(t, one, put(t, v, "o-1", person(1)), "content that was there before has its version")
	other := put(t, v, "o-2", person(1))
	assert.NotEqual(t, one.Ref, other.Ref)

	require.NoError(t, v.Close())
	v = r.open(t)
	got, err := v.Get(t.Context(), two, printing)
	require.NoError(t, err)
	assert.Equal(t, person(2).Recipient, got.Recipient)
	assert.Equal(t, person(2).Routing, got.Routing)
	_, err = v.Get(t.Context(), edge.PersonalRef{Ref: one.Ref, Version: 3}, printing)
	assert.ErrorIs(t, err, ErrNotFound)
}

func TestHashIsKeyedAndStable(t *testing.T) {
	r := newRig(t)
	v := r.open(t)
	a, err := v.Hash(person(1))
	require.NoError(t, err)
	b, err := v.Hash(person(2))
	require.NoError(t, err)
	assert.NotEqual(t, a, b)
	require.NoError(t, v.Close())
	again, err := r.open(t).Hash(person(1))
	require.NoError(t, err)
	assert.Equal(t, a, again)

	r2 := newRig(t)
	other, err := r2.open(t).Hash(person(1))
	require.NoError(t, err)
	assert.NotEqual(t, a, other, "another site, another hash")
}

func TestI11EveryReadIsRecordedBeforeItLeaves(t *testing.T) {
	r := newRig(t)
	v := r.open(t)
	ref := put(t, v, "o-1", person(1))
	for n := 1; n <= 3; n++ {
		_, err := v.Get(t.Context(), ref, printing)
		require.NoError(t, err)
		require.Len(t, r.diary.records, n)
	}
	assert.Contains(t, string(r.diary.records[0].Value), `"who":"printing"`)
	r.diary.err = errors.New("disk full")
	got, err := v.Get(t.Context(), ref, printing)
	assert.ErrorIs(t, err, r.diary.err)
	assert.Zero(t, got)
	r.diary.err = nil
	_, err = v.Get(t.Context(), ref, Purpose{Who: "w-1", What: "reveal"})
	assert.ErrorIs(t, err, ErrPurpose)
	assert.Len(t, r.diary.records, 3)
}

func TestWrongKeyIsRefusedAndNoKeyLocks(t *testing.T) {
	r := newRig(t)
	v := r.open(t)
	ref := put(t, v, "o-1", person(1))
	require.NoError(t, v.Close())

	right := r.KEK
	r.KEK.key[0] ^= 1
	_, err := Open(r.Options)
	assert.ErrorIs(t, err, ErrWrongKEK)

	r.KEK = KEK{}
	v = r.open(t)
	assert.True(t, v.Locked())
	_, err = v.Get(t.Context(), ref, printing)
	assert.ErrorIs(t, err, ErrLocked)
	_, _, err = v.Put([]edge.PersonalItem{{Client: "default", Order: "o-2", Data: person(1)}})
	assert.ErrorIs(t, err, ErrLocked)
	_, err = v.Masked(ref)
	assert.ErrorIs(t, err, ErrLocked)
	_, err = v.Hash(person(1))
	assert.ErrorIs(t, err, ErrLocked)
	require.NoError(t, v.Clean(t.Context()))
	require.NoError(t, v.Close())

	r.KEK = right
	_, err = r.open(t).Get(t.Context(), ref, printing)
	assert.NoError(t, err)
}

func TestKEKSources(t *testing.T) {
	raw := bytes.Repeat([]byte{9}, 32)
	for _, text := range []string{base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw) + "\n"} {
		k, err := ParseKEK(text)
		require.NoError(t, err)
		assert.Equal(t, raw, k.key[:])
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", k, k, k, k), "9")
	}
	k, err := ParseKEK(" \n")
	require.NoError(t, err)
	assert.False(t, k.given)
	for _, text := range []string{"short", base64.StdEncoding.EncodeToString(raw[:31]), strings.Repeat("!", 44)} {
		_, err := ParseKEK(text)
		assert.ErrorIs(t, err, ErrKEK)
		assert.NotContains(t, err.Error(), text)
	}
	path := filepath.Join(t.TempDir(), "kek")
	for mode, want := range map[fs.FileMode]error{0o400: nil, 0o600: nil, 0o440: ErrKeyFile, 0o604: ErrKeyFile, 0o666: ErrKeyFile} {
		require.NoError(t, os.WriteFile(path, []byte(base64.StdEncoding.EncodeToString(raw)), 0o600))
		require.NoError(t, os.Chmod(path, mode))
		_, err := ReadKEK(path)
		assert.ErrorIs(t, err, want, mode.String())
		require.NoError(t, os.Remove(path))
	}
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	_, err = ReadKEK(path)
	assert.ErrorIs(t, err, ErrKEK, "an empty file is not 'no key'")
}

func TestMovedRecordDoesNotOpen(t *testing.T) {
	r := newRig(t)
	v := r.open(t)
	a, b := put(t, v, "o-1", person(1)), put(t, v, "o-2", person(2))
	a2 := put(t, v, "o-1", person(3))
	require.NoError(t, v.update(func(tx *bbolt.Tx) error {
		records := tx.Bucket([]byte(bucketRecords))
		x, y, z := bytes.Clone(records.Get(recordKey(a))), bytes.Clone(records.Get(recordKey(b))), bytes.Clone(records.Get(recordKey(a2)))
		return errors.Join(records.Put(recordKey(a), z), records.Put(recordKey(b), x), records.Put(recordKey(a2), y))
	}))
	for _, ref := range []edge.PersonalRef{a, b, a2} {
		got, err := v.Get(t.Context(), ref, printing)
		assert.ErrorIs(t, err, ErrSealed)
		assert.Zero(t, got)
	}
}

func TestOrphansAreShreddedAfterADay(t *testing.T) {
	r := newRig(t)
	r.Orders = known{"default/kept": true}
	v := r.open(t)
	orphan, kept, told := put(t, v, "orphan", person(1)), put(t, v, "kept", person(2)), put(t, v, "told", person(3))
	v.Committed(&edge.Commit{Events: []edge.Event{{Data: &edge.OrderReceived{RecipientRef: told.Ref, RecipientVersion: 1}}}})
	var sealed []byte
	require.NoError(t, v.view(func(tx *bbolt.Tx) error {
		sealed = bytes.Clone(tx.Bucket([]byte(bucketRecords)).Get(recordKey(orphan)))
		return nil
	}))
	file := func() []byte {
		b, err := os.ReadFile(filepath.Join(r.Dir, File))
		require.NoError(t, err)
		return b
	}
	r.now = r.now.Add(23 * time.Hour)
	require.NoError(t, v.Clean(t.Context()))
	_, err := v.Get(t.Context(), orphan, printing)
	require.NoError(t, err)
	require.True(t, bytes.Contains(file(), sealed))

	again := put(t, v, "orphan", person(1)) // a repeated push renews it
	require.Equal(t, orphan, again)
	r.now = r.now.Add(2 * time.Hour)
	require.NoError(t, v.Clean(t.Context()))
	_, err = v.Get(t.Context(), orphan, printing)
	require.NoError(t, err)

	r.now = r.now.Add(23 * time.Hour)
	require.NoError(t, v.Clean(t.Context()))
	_, err = v.Get(t.Context(), orphan, printing)
	assert.ErrorIs(t, err, ErrNotFound)
	assert.False(t, bytes.Contains(file(), sealed), "free pages keep nothing")
	for _, ref := range []edge.PersonalRef{kept, told} {
		_, err = v.Get(t.Context(), ref, printing)
		assert.NoError(t, err)
	}
	assert.NotEqual(t, orphan.Ref, put(t, v, "orphan", person(1)).Ref)
}

func TestShredNow(t *testing.T) {
	r := newRig(t)
	v := r.open(t)
	one, two, other := put(t, v, "o-1", person(1)), put(t, v, "o-1", person(2)), put(t, v, "o-2", person(1))
	var sealed []byte
	require.NoError(t, v.view(func(tx *bbolt.Tx) error {
		sealed = bytes.Clone(tx.Bucket([]byte(bucketRecords)).Get(recordKey(two)))
		return nil
	}))
	require.NoError(t, v.Shred("default", "o-1"))
	require.NoError(t, v.Shred("default", "nobody"))
	require.NoError(t, v.Clean(t.Context()))
	for _, ref := range []edge.PersonalRef{one, two} {
		_, err := v.Get(t.Context(), ref, printing)
		assert.ErrorIs(t, err, ErrNotFound)
	}
	_, err := v.Get(t.Context(), other, printing)
	require.NoError(t, err)
	b, err := os.ReadFile(filepath.Join(r.Dir, File))
	require.NoError(t, err)
	assert.False(t, bytes.Contains(b, sealed), "free pages keep nothing")
}

func TestI14OldDaysAreDestroyed(t *testing.T) {
	r := newRig(t)
	r.Orders = known{"default/o-1": true, "default/o-2": true}
	v := r.open(t)
	old := put(t, v, "o-1", person(1))
	r.now = r.now.Add(60 * 24 * time.Hour)
	young := put(t, v, "o-2", person(2))
	key := filepath.Join(r.Dir, Keys, "day-2026-11-21.key")
	backup, err := os.ReadFile(filepath.Join(r.Dir, File))
	require.NoError(t, err)
	r.now = r.now.Add(31 * 24 * time.Hour)
	require.NoError(t, v.Clean(t.Context()))
	assert.NoFileExists(t, key)
	_, err = v.Get(t.Context(), old, printing)
	assert.ErrorIs(t, err, ErrNotFound)
	_, err = v.Get(t.Context(), young, printing)
	assert.NoError(t, err)

	// an old copy of vault.db with the keys of today opens nothing purged
	require.NoError(t, v.Close())
	require.NoError(t, os.WriteFile(filepath.Join(r.Dir, File), backup, 0o600))
	_, err = r.open(t).Get(t.Context(), old, printing)
	assert.ErrorIs(t, err, ErrSealed)
}

func TestWorkerName(t *testing.T) {
	v := newRig(t).open(t)
	for i, c := range []struct {
		name, shown string
		known       bool
	}{{"홍길동", "홍*동", false}, {"홍길동", "홍*동", true}, {"김철수", "김*수", false}, {"홍길동", "홍*동", false}} {
		_, known, err := v.Put([]edge.PersonalItem{{Worker: "w-1", Data: edge.Personal{WorkerName: c.name}}})
		require.NoError(t, err)
		assert.Equal(t, []bool{c.known}, known, i)
		got, err := v.WorkerName("w-1")
		require.NoError(t, err)
		assert.Equal(t, c.shown, got, i)
	}
	got, err := v.WorkerName("w-2")
	require.NoError(t, err)
	assert.Empty(t, got)
}

func TestHalfMadeVaultIsMadeAnew(t *testing.T) {
	r := newRig(t)
	require.NoError(t, os.WriteFile(filepath.Join(r.Dir, File+".tmp"), []byte("half"), 0o600))
	put(t, r.open(t), "o-1", person(1))
}

func TestFilesAreTheOwnersOnly(t *testing.T) {
	r := newRig(t)
	put(t, r.open(t), "o-1", person(1))
	require.NoError(t, filepath.WalkDir(r.Dir, func(p string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		if p != r.Dir {
			assert.Zero(t, info.Mode().Perm()&0o077, p)
		}
		return nil
	}))
}

func TestI13NothingPersonalIsWritten(t *testing.T) {
	r := newRig(t)
	r.Orders = known{"default/o-0": true}
	v := r.open(t)
	canaries := []string{"카나리아이름", "010-9999-8765", "99998765", "비밀번지", "777호실", "#4711*", "조심하세요", "캐너리작업자", "지구코드약칭"}
	p := edge.Personal{Recipient: &edge.Recipient{Name: canaries[0], Phone: canaries[1], Address: canaries[3], AddressDetail: canaries[4],
		Entrance: canaries[5], Message: canaries[6], SafeNumber: canaries[2]}, Routing: &edge.Routing{AddressShort: canaries[8]}}
	var refs []edge.PersonalRef
	for n := range 50 {
		refs = append(refs, put(t, v, fmt.Sprintf("o-%d", n), p))
	}
	_, _, err := v.Put([]edge.PersonalItem{{Worker: "w-1", Data: edge.Personal{WorkerName: canaries[7]}}})
	require.NoError(t, err)
	for _, ref := range refs {
		got, err := v.Get(t.Context(), ref, printing)
		require.NoError(t, err)
		r.Logger.Info("formatted", "personal", got, "recipient", got.Recipient, "routing", got.Routing, "text", fmt.Sprintf("%v %+v %#v %s", got, got, got, *got.Recipient))
	}
	r.now = r.now.Add(48 * time.Hour)
	require.NoError(t, v.Clean(t.Context()))
	all := map[string][]byte{"log": r.log.Bytes()}
	for i, rec := range r.diary.records {
		all[fmt.Sprint("record ", i)] = append([]byte(rec.Kind+rec.Key), rec.Value...)
	}
	require.NoError(t, filepath.WalkDir(r.Dir, func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if !d.IsDir() {
			all[path], err = os.ReadFile(path)
		}
		return err
	}))
	require.Greater(t, len(all), 50)
	for where, b := range all {
		for _, c := range canaries {
			assert.False(t, bytes.Contains(b, []byte(c)), "%q stands in %s", c, where)
		}
	}
}
