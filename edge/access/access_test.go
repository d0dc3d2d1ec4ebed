package access

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

// site is a recorder, a catalogue and a clock.
type site struct {
	t       *testing.T
	mu      sync.Mutex
	now     time.Time
	saved   map[string]edge.Private
	written strings.Builder
	broken  error
	cat     *catalogue.Snapshot
	cfg     Config
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), saved: map[string]edge.Private{}, cat: catalogue.New(),
		cfg: Config{Pepper: []byte(strings.Repeat("p", 32)), NeedsPIN: map[edge.Role]bool{edge.Picker: false, edge.Lead: true}}}
	return s
}

func (s *site) Record(_ context.Context, records ...edge.Private) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	for _, p := range records {
		fmt.Fprintf(&s.written, "%s %s %s\n", p.Kind, p.Key, p.Value)
		if p.Value == nil {
			delete(s.saved, p.Kind+"/"+p.Key)
		} else {
			s.saved[p.Kind+"/"+p.Key] = p
		}
	}
	return nil
}

func (s *site) Catalogue() *catalogue.Snapshot { s.mu.Lock(); defer s.mu.Unlock(); return s.cat }

func (s *site) Now() time.Time { s.mu.Lock(); defer s.mu.Unlock(); return s.now }

func (s *site) pass(d time.Duration) { s.mu.Lock(); defer s.mu.Unlock(); s.now = s.now.Add(d) }

// open starts access from what was saved, as a restart does.
func (s *site) open() *Access {
	s.t.Helper()
	a, err := New(s.cfg, Deps{Recorder: s, Catalogue: s, Now: s.Now, Log: slog.New(slog.DiscardHandler)},
		slices.Collect(maps.Values(s.saved)))
	require.NoError(s.t, err)
	return a
}

func phc(pin string) string {
	salt := []byte("salt-of-sixteen!")
	h := argon2.IDKey([]byte(pin), salt, 1, 8, 1, 32)
	b := base64.RawStdEncoding.EncodeToString
	return "$argon2id$v=19$m=8,t=1,p=1$" + b(salt) + "$" + b(h)
}

func (s *site) worker(a *Access, id, badge, pin string, roles ...edge.Role) {
	s.t.Helper()
	w := &edge.WorkerRecord{ID: id, Badge: badge, Roles: roles}
	if pin != "" {
		seal, err := a.Seal(phc(pin))
		require.NoError(s.t, err)
		w.PINSeal = seal
	}
	s.put(w, false)
}

func (s *site) put(w *edge.WorkerRecord, gone bool) {
	e := s.cat.Edit()
	_, err := e.Put(w, gone)
	require.NoError(s.t, err)
	s.mu.Lock()
	s.cat = e.Snapshot()
	s.mu.Unlock()
}

func floor(t *testing.T) (*site, *Access) {
	s := newSite(t)
	a := s.open()
	s.worker(a, "w-1", "W-001", "", edge.Picker)
	s.worker(a, "w-2", "W-002", "246810", edge.Picker)
	s.worker(a, "lead-1", "L-001", "135790", edge.Lead, edge.Picker)
	s.worker(a, "lead-2", "L-002", "", edge.Lead)
	return s, a
}

func login(a *Access, badge, pin string) (*Session, string, error) {
	return a.Login(context.Background(), Attempt{Badge: badge, PIN: pin, Device: "pda-07", Source: "10.0.0.9"})
}

func TestLogin(t *testing.T) {
	for name, c := range map[string]struct {
		badge, pin string
		want       error
		proven     bool
	}{
		"badge alone where the policy says so": {"W-001", "", nil, false},
		"a PIN where none was set":             {"W-001", "111111", ErrRefused, false},
		"a badge in small letters":             {"w-001", "", nil, false},
		"a lead's badge in small letters":      {"l-001", "135790", nil, true},
		"a PIN that is not asked for counts":   {"W-002", "246810", nil, true},
		"a wrong PIN that is not asked for":    {"W-002", "246811", ErrRefused, false},
		"badge and PIN of a lead":              {"L-001", "135790", nil, true},
		"a lead without PIN":                   {"L-001", "", ErrRefused, false},
		"a lead with a wrong PIN":              {"L-001", "135791", ErrRefused, false},
		"a lead to whom the WMS gave no PIN":   {"L-002", "135790", ErrRefused, false},
		"unknown badge":                        {"W-999", "", ErrRefused, false},
		"unknown badge with a PIN":             {"W-999", "135790", ErrRefused, false},
		"a code of another kind":               {"TOTE-1", "", ErrRefused, false},
		"no badge":                             {"", "", ErrRefused, false},
		"a badge longer than any":              {strings.Repeat("W", 300), "", ErrRefused, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, a := floor(t)
			s, token, err := login(a, c.badge, c.pin)
			require.ErrorIs(t, err, c.want)
			if c.want != nil {
				return
			}
			assert.Equal(t, c.proven, s.Proven)
			assert.Len(t, token, 22, "128 bits")
			got, roles, err := a.Authenticate(token)
			require.NoError(t, err)
			assert.Equal(t, s, got)
			assert.NotEmpty(t, roles)
		})
	}
}

func TestNewestLoginWins(t *testing.T) {
	site, a := floor(t)
	var ended []Ended
	a.Watch(func(e Ended) { ended = append(ended, e) })
	first, old, err := login(a, "W-001", "")
	require.NoError(t, err)
	second, token, err := login(a, "W-001", "")
	require.NoError(t, err)
	assert.Equal(t, []Ended{{first.ID, "w-1", Replaced}}, ended)
	_, _, err = a.Authenticate(old)
	require.ErrorIs(t, err, ErrReplaced)
	_, err = a.Roles(first)
	require.ErrorIs(t, err, ErrReplaced)

	again := site.open()
	_, _, err = again.Authenticate(old)
	require.ErrorIs(t, err, ErrSession)
	s, _, err := again.Authenticate(token)
	require.NoError(t, err, "a session survives a restart")
	assert.Equal(t, second.ID, s.ID)
}

func TestEndsOfASession(t *testing.T) {
	ctx := context.Background()
	for name, end := range map[string]func(*site, *Access, *Session) error{
		"logout":     func(_ *site, a *Access, s *Session) error { return a.Logout(ctx, s) },
		"revoke":     func(_ *site, a *Access, _ *Session) error { return a.Revoke(ctx, "lead-1", "w-1", "lost PDA") },
		"shift over": func(s *site, a *Access, _ *Session) error { s.pass(12 * time.Hour); return a.Sweep(ctx) },
		"worker gone": func(s *site, a *Access, _ *Session) error {
			s.put(&edge.WorkerRecord{ID: "w-1"}, true)
			return a.Sweep(ctx)
		},
	} {
		t.Run(name, func(t *testing.T) {
			site, a := floor(t)
			told := 0
			a.Watch(func(Ended) { told++ })
			s, token, err := login(a, "W-001", "")
			require.NoError(t, err)
			require.NoError(t, end(site, a, s))
			assert.Equal(t, 1, told)
			for _, x := range []*Access{a, site.open()} {
				_, _, err = x.Authenticate(token)
				require.ErrorIs(t, err, ErrSession)
			}
			assert.Empty(t, a.Live())
		})
	}
	t.Run("nobody to revoke", func(t *testing.T) {
		_, a := floor(t)
		require.ErrorIs(t, a.Revoke(ctx, "lead-1", "w-1", ""), ErrUnknown)
	})
}

func TestExpiryNeedsNoSweep(t *testing.T) {
	site, a := floor(t)
	_, token, err := login(a, "W-001", "")
	require.NoError(t, err)
	site.pass(12*time.Hour - time.Millisecond)
	_, _, err = a.Authenticate(token)
	require.NoError(t, err)
	site.pass(time.Millisecond)
	_, _, err = a.Authenticate(token)
	require.ErrorIs(t, err, ErrSession)
}

func TestRolesAreThoseOfNow(t *testing.T) {
	site, a := floor(t)
	s, _, err := login(a, "W-001", "")
	require.NoError(t, err)
	site.worker(a, "w-1", "W-001", "", edge.Loader)
	roles, err := a.Roles(s)
	require.NoError(t, err)
	assert.Equal(t, []edge.Role{edge.Loader}, roles)
}

func TestAFailedRecordOpensNothing(t *testing.T) {
	site, a := floor(t)
	site.broken = errors.New("disk")
	_, token, err := login(a, "W-001", "")
	require.ErrorIs(t, err, site.broken)
	assert.Empty(t, token)
	assert.Empty(t, a.Live())
}

func TestProve(t *testing.T) {
	ctx := context.Background()
	_, a := floor(t)
	id, err := a.Prove(ctx, "L-001", "135790", "10.0.0.9", edge.Lead)
	require.NoError(t, err)
	assert.Equal(t, "lead-1", id)
	assert.Empty(t, a.Live(), "it opens no session")
	for _, c := range [][2]string{{"W-002", "246810"}, {"L-001", ""}, {"L-001", "0"}, {"W-001", ""}, {"", ""}} {
		_, err = a.Prove(ctx, c[0], c[1], "10.0.0.9", edge.Lead)
		require.ErrorIs(t, err, ErrRefused, "%v", c)
	}
	assert.Equal(t, "override", a.Trail(100)[5].What, "recorded by name")
}

// TestNoSecretAtRest looks for every secret in every byte that was recorded
// (I13; requirement 18: keys hashed at rest).
func TestNoSecretAtRest(t *testing.T) {
	site, _ := floor(t)
	site.cfg.Enrolled = true
	a := site.open()
	key, err := a.Enrol(context.Background(), "lead-1", "pda-07")
	require.NoError(t, err)
	_, token, err := a.Login(context.Background(), Attempt{Badge: "L-001", PIN: "135790", Device: "pda-07", DeviceKey: key, Source: "x"})
	require.NoError(t, err)
	_, _, err = a.Login(context.Background(), Attempt{Badge: "L-001", PIN: "864213", Device: "pda-07", DeviceKey: key, Source: "x"})
	require.ErrorIs(t, err, ErrRefused)
	for _, secret := range []string{key, token, "135790", "864213", "L-001", "W-001"} {
		assert.NotContains(t, site.written.String(), secret)
	}
	hash := strings.Split(phc("135790"), "$")[5]
	assert.NotContains(t, site.cat.Worker("lead-1").PINSeal, hash)
}

func TestEnrolledDevices(t *testing.T) {
	ctx := context.Background()
	site, _ := floor(t)
	site.cfg.Enrolled = true
	a := site.open()
	key, err := a.Enrol(ctx, "lead-1", "pda-07")
	require.NoError(t, err)
	in := Attempt{Badge: "W-001", Device: "pda-07", DeviceKey: key, Source: "x"}
	_, token, err := a.Login(ctx, in)
	require.NoError(t, err)
	for name, change := range map[string]func(*Attempt){
		"no key":       func(t *Attempt) { t.DeviceKey = "" },
		"wrong key":    func(t *Attempt) { t.DeviceKey += "x" },
		"no device":    func(t *Attempt) { t.Device = "" },
		"other device": func(t *Attempt) { t.Device = "pda-08" },
	} {
		t.Run(name, func(t *testing.T) {
			bad := in
			change(&bad)
			_, _, err := a.Login(ctx, bad)
			require.ErrorIs(t, err, ErrRefused)
		})
	}
	a = site.open()
	_, _, err = a.Authenticate(token)
	require.NoError(t, err, "keys survive a restart")
	require.NoError(t, a.Unenrol(ctx, "lead-1", "pda-07", "stolen"))
	_, _, err = a.Authenticate(token)
	require.ErrorIs(t, err, ErrSession)
	_, _, err = site.open().Login(ctx, in)
	require.ErrorIs(t, err, ErrRefused)
	require.ErrorIs(t, a.Unenrol(ctx, "lead-1", "pda-07", ""), ErrUnknown)
	_, err = a.Enrol(ctx, "lead-1", "a b")
	require.ErrorIs(t, err, ErrName)
}

func TestTrailSurvives(t *testing.T) {
	site, a := floor(t)
	for i := range 3 {
		site.pass(time.Second)
		require.NoError(t, a.Audit(context.Background(), Entry{What: fmt.Sprint("e", i), Who: "lead-1"}))
	}
	for _, x := range []*Access{a, site.open()} {
		trail := x.Trail(2)
		require.Len(t, trail, 2)
		assert.Equal(t, []string{"e2", "e1"}, []string{trail[0].What, trail[1].What})
	}
}
