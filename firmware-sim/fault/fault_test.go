package fault_test

import (
	"encoding/json"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/firmware-sim/fault"
)

type faults struct {
	Silent bool `json:"silent"`
	Noise  int  `json:"noise"`
	Cut    *int `json:"cut"`
}

type device struct {
	name string
	mu   sync.Mutex
	now  faults
}

func (d *device) get() faults {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *device) set(f faults) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = f
}

func (d *device) Name() string { return d.name }

func (d *device) Prepare(what json.RawMessage) (func() func(), error) {
	return fault.Prepare(what, d.get, d.set)
}

const script = `
[[fault]]
after = "1m"
for = "30s"
scanner = "a"
silent = true

[[fault]]
after = "10s"
device = "a"
noise = 7

[[fault]]
after = "70s"
for = "5s"
device = "a"
noise = 9
cut = 3
`

func TestPlay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		steps, err := fault.Read([]byte(script))
		require.NoError(t, err)
		d := &device{name: "a"}
		p, err := fault.NewPlayer(steps, []fault.Device{d}, 10, nil)
		require.NoError(t, err)
		done := make(chan error, 1)
		go func() { done <- p.Run(t.Context()) }()
		at := func(tenths int, want faults) {
			t.Helper()
			time.Sleep(time.Duration(tenths) * 100 * time.Millisecond)
			synctest.Wait()
			require.Equal(t, want, d.get())
		}
		three := 3
		at(9, faults{})
		at(2, faults{Noise: 7})
		at(50, faults{Noise: 7, Silent: true})
		at(10, faults{Noise: 9, Silent: true, Cut: &three})
		at(5, faults{Noise: 7, Silent: true})
		at(15, faults{Noise: 7})
		require.NoError(t, <-done)
	})
}

// What is broken from the start is so before anybody begins, and is broken once.
func TestBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		steps, err := fault.Read([]byte("[[fault]]\nafter = \"0s\"\nfor = \"2s\"\ndevice = \"a\"\nsilent = true\n[[fault]]\nafter = \"1s\"\ndevice = \"a\"\nnoise = 3\n"))
		require.NoError(t, err)
		d := &device{name: "a"}
		p, err := fault.NewPlayer(steps, []fault.Device{d}, 1, nil)
		require.NoError(t, err)
		p.Begin()
		require.Equal(t, faults{Silent: true}, d.get())
		time.Sleep(500 * time.Millisecond)
		p.Begin()
		began := time.Now()
		require.NoError(t, p.Run(t.Context()))
		require.Equal(t, 1500*time.Millisecond, time.Since(began), "the script's time began with Begin")
		require.Equal(t, faults{Noise: 3}, d.get())
	})
}

func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"NoTOML":     "=",
		"OtherTable": "[[trouble]]\nafter = \"1s\"",
		"NoDevice":   "[[fault]]\nafter = \"1s\"\nsilent = true",
		"TwoDevices": "[[fault]]\nafter = \"1s\"\nsilent = true\ndevice = \"a\"\nscale = \"b\"",
		"NoAfter":    "[[fault]]\ndevice = \"a\"\nsilent = true",
		"After":      "[[fault]]\nafter = \"soon\"\ndevice = \"a\"\nsilent = true",
		"Negative":   "[[fault]]\nafter = \"-1s\"\ndevice = \"a\"\nsilent = true",
		"For":        "[[fault]]\nafter = \"1s\"\nfor = 3\ndevice = \"a\"\nsilent = true",
		"Nothing":    "[[fault]]\nafter = \"1s\"\ndevice = \"a\"",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fault.Read([]byte(text))
			require.ErrorIs(t, err, fault.ErrScript)
		})
	}
}

// TestPlayerRefuses: every fault of a script is told before anything happens.
func TestPlayerRefuses(t *testing.T) {
	steps, err := fault.Read([]byte(`
[[fault]]
after = "0s"
device = "b"
silent = true
[[fault]]
after = "0s"
device = "a"
fire = true
[[fault]]
after = "0s"
device = "a"
noise = "loud"
[[fault]]
after = "0s"
device = "a"
SILENT = true
`))
	require.NoError(t, err)
	d := &device{name: "a"}
	_, err = fault.NewPlayer(steps, []fault.Device{d}, 0, nil)
	require.ErrorIs(t, err, fault.ErrScript)
	for _, part := range []string{`fault 1: no device "b"`, `fault 2: a:`, `"fire" is not known ([cut noise silent])`, "fault 3", "fault 4"} {
		require.ErrorContains(t, err, part)
	}
	require.Zero(t, d.get())
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(script))
	f.Add([]byte("[[fault]]\nafter = \"1h\"\nfor = \"1ns\"\ndevice = \"a\"\ncut = 1e3\n"))
	f.Add([]byte("fault = 1"))
	f.Fuzz(func(t *testing.T, text []byte) {
		steps, err := fault.Read(text)
		for _, s := range steps {
			if err == nil && (s.Device == "" || s.After < 0 || s.For < 0 || !json.Valid(s.What)) {
				t.Fatalf("%+v", s)
			}
		}
		_, _ = fault.NewPlayer(steps, []fault.Device{&device{name: "a"}}, 1, nil) // it must not panic
	})
}
