package access

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func lockedFor(t *testing.T, err error) time.Duration {
	t.Helper()
	var l *LockedError
	require.ErrorAs(t, err, &l)
	return l.RetryAfter
}

func TestBadgeLockout(t *testing.T) {
	site, a := floor(t)
	for range badgeTries {
		_, _, err := login(a, "L-001", "000000")
		require.ErrorIs(t, err, ErrRefused)
	}
	_, _, err := login(a, "L-001", "135790")
	assert.Equal(t, time.Minute, lockedFor(t, err), "the right PIN too")
	_, err = a.Prove(context.Background(), "L-001", "135790", "y", edge.Lead)
	lockedFor(t, err)
	_, _, err = login(a, "W-002", "246810")
	require.NoError(t, err, "another badge from the same source goes on")

	a = site.open()
	_, _, err = login(a, "L-001", "135790")
	lockedFor(t, err)

	other := newSite(t)
	other.saved, other.cat = maps.Clone(site.saved), site.cat
	unlocked := other.open()
	require.NoError(t, unlocked.Unlock(context.Background(), "lead-2", "lead-1", "known"))
	_, _, err = login(unlocked, "L-001", "135790")
	require.NoError(t, err, "a lead unlocked it")
	require.ErrorIs(t, unlocked.Unlock(context.Background(), "lead-2", "nobody", ""), ErrUnknown)

	site.pass(time.Minute)
	_, _, err = login(a, "L-001", "000000")
	require.ErrorIs(t, err, ErrRefused)
	_, _, err = login(a, "L-001", "135790")
	assert.Equal(t, 2*time.Minute, lockedFor(t, err), "doubled")
	site.pass(2 * time.Minute)
	_, _, err = login(a, "L-001", "135790")
	require.NoError(t, err)
	_, _, err = login(a, "L-001", "000000")
	require.ErrorIs(t, err, ErrRefused)
	_, _, err = login(a, "L-001", "135790")
	require.NoError(t, err, "a success forgave")
}

func TestLockoutIsBounded(t *testing.T) {
	site, a := floor(t)
	for range 40 {
		_, _, err := a.Login(context.Background(), Attempt{Badge: "L-001", PIN: "1", Source: time.Now().String()})
		if !errors.Is(err, ErrRefused) {
			site.pass(min(lockedFor(t, err), longestLock))
		}
	}
	_, _, err := login(a, "L-001", "135790")
	if err != nil {
		assert.LessOrEqual(t, lockedFor(t, err), longestLock)
	}
}

func TestSourceLockout(t *testing.T) {
	site, a := floor(t)
	for range sourceTries {
		_, _, err := login(a, "W-999", "")
		require.ErrorIs(t, err, ErrRefused)
	}
	_, _, err := login(a, "W-001", "")
	lockedFor(t, err)
	_, _, err = a.Login(context.Background(), Attempt{Badge: "W-001", Source: "10.0.0.10"})
	require.NoError(t, err, "another source")
	before := site.written.Len()
	_, _, err = login(a, "W-999", "")
	lockedFor(t, err)
	assert.Equal(t, before, site.written.Len(), "a locked source writes nothing more")
	site.pass(3 * time.Hour)
	require.NoError(t, a.Sweep(context.Background()))
	for k := range site.saved {
		assert.False(t, strings.HasPrefix(k, kindLock), "%s was not forgotten", k)
	}
}

// Somebody behind the hall's own address locks it; who comes with an enrolled
// device's key is not hit by that, and is counted by the device.
func TestALockedAddressKeepsNoEnrolledDeviceOut(t *testing.T) {
	_, a := floor(t)
	key, err := a.Enrol(context.Background(), "lead-1", "pda-07")
	require.NoError(t, err)
	for range sourceTries {
		_, _, err := login(a, "W-999", "")
		require.ErrorIs(t, err, ErrRefused)
	}
	try := func(badge, device, key string) error {
		_, _, err := a.Login(context.Background(), Attempt{Badge: badge, Source: "10.0.0.9", Device: device, DeviceKey: key})
		return err
	}
	_, _, err = login(a, "W-001", "")
	lockedFor(t, err)
	require.NoError(t, try("W-001", "pda-07", key))
	lockedFor(t, try("W-001", "pda-07", "guessed"))
	for range sourceTries {
		require.ErrorIs(t, try("W-999", "pda-07", key), ErrRefused)
	}
	lockedFor(t, try("W-001", "pda-07", key))
}

// TestParallelGuesses sends a hundred guesses at once: no more than the limit
// may be compared.
func TestParallelGuesses(t *testing.T) {
	_, a := floor(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	compared := 0
	for range 100 {
		wg.Go(func() {
			_, _, err := login(a, "L-001", "000000")
			if errors.Is(err, ErrRefused) {
				mu.Lock()
				compared++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	assert.LessOrEqual(t, compared, badgeTries)
}

func TestTwoHashesAtOnce(t *testing.T) {
	_, a := floor(t)
	assert.Equal(t, 2, cap(a.hashing))
	a.hashing <- struct{}{}
	a.hashing <- struct{}{}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := a.Login(ctx, Attempt{Badge: "L-001", PIN: "135790", Source: "x"})
	require.ErrorIs(t, err, context.Canceled, "a third waits")
}

func TestSeal(t *testing.T) {
	_, a := floor(t)
	for name, hash := range map[string]string{
		"empty":        "",
		"bcrypt":       "$2a$10$abcdefghijklmnopqrstuv",
		"argon2i":      strings.Replace(phc("1"), "argon2id", "argon2i", 1),
		"old version":  strings.Replace(phc("1"), "v=19", "v=16", 1),
		"too dear":     strings.Replace(phc("1"), "m=8", "m=1048576", 1),
		"no passes":    strings.Replace(phc("1"), "t=1", "t=0", 1),
		"many lanes":   strings.Replace(phc("1"), "p=1", "p=200", 1),
		"bad salt":     strings.Replace(phc("1"), "$c2", "$!!", 1),
		"cut":          phc("1")[:60],
		"extra":        phc("1") + "$x",
		"trailing":     strings.Replace(phc("1"), "p=1", "p=1x", 1),
		"already ours": func() string { s, _ := a.Seal(phc("1")); return s }(),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := a.Seal(hash)
			require.ErrorIs(t, err, ErrPINHash)
		})
	}
	seal, err := a.Seal(phc("777777"))
	require.NoError(t, err)
	ok, err := a.opens(context.Background(), seal, "777777")
	require.NoError(t, err)
	assert.True(t, ok)
	ok, err = a.opens(context.Background(), seal, "777778")
	require.NoError(t, err)
	assert.False(t, ok)
	elsewhere := newSite(t)
	elsewhere.cfg.Pepper = []byte(strings.Repeat("q", 32))
	other := elsewhere.open()
	ok, err = other.opens(context.Background(), seal, "777777")
	require.NoError(t, err)
	assert.False(t, ok, "another site's pepper")
}

func FuzzSeal(f *testing.F) {
	for _, s := range []string{phc("1"), "", "$argon2id$v=19$m=8,t=1,p=1$$", "edge1$argon2id$v=19$m=8,t=1,p=1$YQ$32$YQ"} {
		f.Add(s)
	}
	s := newSite(&testing.T{})
	a := s.open()
	f.Fuzz(func(t *testing.T, hash string) {
		seal, err := a.Seal(hash)
		if err != nil {
			return
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		a.hashing <- struct{}{}
		a.hashing <- struct{}{}
		_, err = a.opens(ctx, seal, "1")
		<-a.hashing
		<-a.hashing
		require.ErrorIs(t, err, context.Canceled, "what was sealed can be read back")
	})
}

func TestRunSweepsAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site, a := floor(t)
		_, _, err := login(a, "W-001", "")
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- a.Run(ctx) }()
		site.pass(13 * time.Hour)
		time.Sleep(2 * time.Minute) // of the bubble
		assert.Empty(t, a.Live())
		cancel()
		require.NoError(t, <-done)
	})
}
