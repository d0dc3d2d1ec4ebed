package floor

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/firmware-sim/conveyor"
	"dcedge/firmware-sim/printer"
)

func TestReadPlan(t *testing.T) {
	p, err := ReadPlan([]byte(`
[http]
listen = "127.0.0.1:8080"
[[device]]
name = "printer-1"
driver = "zebra"
link = "tcp://127.0.0.1:9101"
[[device]]
name = "scale-1"
driver = "scale"
link = "serial:///dev/ttyUSB1"
`))
	require.NoError(t, err)
	require.Equal(t, Plan{
		URL: "http://127.0.0.1:8080", Printers: []PrinterAt{{"printer-1", "127.0.0.1:9101"}},
		Left: []string{"scale-1: it is a real one: line /dev/ttyUSB1"},
	}, p)
	for name, text := range map[string]string{
		"NoTOML":   "=",
		"NoListen": "site = \"X\"",
		"TLS":      "[http]\nlisten = \"a:1\"\ntls = \"auto\"",
		"Link":     "[http]\nlisten = \"a:1\"\n[[device]]\nname = \"p\"\ndriver = \"zebra\"\nlink = \"tcp://a\"",
		"NoBroker": "[http]\nlisten = \"a:1\"\n[[device]]\nname = \"d\"\ndriver = \"divert\"\nlink = \"mqtt:\"",
		"NoSocket": "[http]\nlisten = \"a:1\"\n[[device]]\nname = \"e\"\ndriver = \"photoeye\"\nlink = \"gpio+sim://?pin=e\"",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadPlan([]byte(text))
			require.ErrorIs(t, err, ErrPlan)
		})
	}
}

// A pin without pin= has its device's name, as at the edge.
func TestReadPlanOfAPinWithoutName(t *testing.T) {
	p, err := ReadPlan([]byte("[http]\nlisten = \"a:1\"\n[[device]]\nname = \"eye-3\"\ndriver = \"photoeye\"\nlink = \"gpio+sim:///x.sock?debounce=5ms\"\n"))
	require.NoError(t, err)
	require.Equal(t, []conveyor.Eye{{Name: "eye-3", Pin: "eye-3"}}, p.Eyes)
}

// A belt that counts no pulses is played too.
func TestReadPlanOfABeltWithoutEncoder(t *testing.T) {
	p, err := ReadPlan([]byte("[http]\nlisten = \"a:1\"\n[mqtt]\nlisten = \"a:2\"\n[[device]]\nname = \"e\"\ndriver = \"photoeye\"\nlink = \"mqtt:\"\n" +
		"[[belt]]\nname = \"line-1\"\nspeed = 700\ninduct = \"e\"\nendAt = 4000\n"))
	require.NoError(t, err)
	require.Equal(t, 700, p.Belt.Speed)
	require.Empty(t, p.Belt.Counter+p.Belt.Encoder)
}

func TestControlPort(t *testing.T) {
	for addr, want := range map[string]string{"127.0.0.1:9101": "127.0.0.1:9201", "10.0.0.21:9100": "127.0.0.1:9200", "127.0.0.1:0": "127.0.0.1:0"} {
		got, err := PrinterAt{"p", addr}.control(100)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	got, err := PrinterAt{"p", "127.0.0.1:9101"}.control(0)
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:0", got)
	_, err = PrinterAt{"p", "127.0.0.1:65500"}.control(100)
	require.ErrorIs(t, err, ErrPlan)
}

func TestDemoConfigIsPlayed(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "configs", "demo.toml"))
	require.NoError(t, err)
	p, err := ReadPlan(text)
	require.NoError(t, err)
	require.NotEmpty(t, p.Printers)
}

func TestReadFaultsRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"Nobody":    "[[fault]]\nafter = \"1s\"\nprinter = \"q\"\npaper = 0",
		"Unknown":   "[[fault]]\nafter = \"1s\"\nprinter = \"p\"\nfire = true",
		"After":     "[[fault]]\nafter = \"soon\"\nprinter = \"p\"\npaper = 0",
		"NoPrinter": "[[fault]]\nafter = \"1s\"\npaper = 0",
		"Head":      "[[fault]]\nafter = \"1s\"\nprinter = \"p\"\nhead = \"up\"",
		"Power":     "[[fault]]\nafter = \"1s\"\nprinter = \"p\"\npower = \"off\"",
		"Nothing":   "[[fault]]\nafter = \"1s\"\nprinter = \"p\"",
	} {
		t.Run(name, func(t *testing.T) {
			faults, err := ReadFaults([]byte(text))
			if err == nil {
				_, err = New(Config{Plan: Plan{Printers: []PrinterAt{{"p", "127.0.0.1:0"}}}, Faults: faults})
			}
			require.ErrorIs(t, err, ErrPlan)
		})
	}
}

func TestExampleScript(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "faults.toml"))
	require.NoError(t, err)
	faults, err := ReadFaults(text)
	require.NoError(t, err)
	require.Len(t, faults, 5)
	_, err = New(Config{Plan: Plan{Printers: []PrinterAt{{"printer-1", "127.0.0.1:0"}}}, Faults: faults})
	require.NoError(t, err)
}

// TestScript plays faults against printers without a crew.
func TestScript(t *testing.T) {
	faults, err := ReadFaults([]byte(`
[[fault]]
after = "2s"
printer = "b"
heal = true
pause = true
[[fault]]
after = "1s"
printer = "b"
silent = true
paper = 0
`))
	require.NoError(t, err)
	f, err := New(Config{
		Plan:   Plan{URL: "http://127.0.0.1:1", Printers: []PrinterAt{{"a", "127.0.0.1:0"}, {"b", "127.0.0.1:0"}}},
		Faults: faults, Speed: 100, Refill: time.Second,
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	b := f.Printers()[1]
	wait := func(ok func(printer.Status) bool) {
		t.Helper()
		limit, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		require.NoError(t, b.WaitStatus(limit, ok), "%+v", b.Status())
	}
	wait(func(s printer.Status) bool { return s.Paused && !s.Faults.Silent })
	wait(func(s printer.Status) bool { return !s.PaperOut && s.Paper == 500 })
	require.False(t, f.Printers()[0].Status().Paused)
	cancel()
	require.NoError(t, <-done)
	_, err = net.Dial("tcp", b.Addr())
	require.Error(t, err, "the port is closed after Run")
}

func TestTakenAddress(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	f, err := New(Config{Plan: Plan{Printers: []PrinterAt{{"a", taken.Addr().String()}}}})
	require.NoError(t, err)
	require.Error(t, f.Run(t.Context()))
}

func TestPeople(t *testing.T) {
	p := People(2, 1, 1)
	require.Len(t, p, 4)
	require.Equal(t, "W-003", p[2].Badge)
	require.Equal(t, []string{"pack"}, p[2].Flows)
	require.Equal(t, "TOTE-09999", Totes()[9998])
}

// TestRoster: who works what, with a relief for everybody, a guest and the lead.
func TestRoster(t *testing.T) {
	staff := Staff{Mix: AllOf, Pickers: 5, Packers: 2, Loaders: 1, Returns: 2, Hospital: 1, Guests: 1, Lead: "L-002", PIN: "1"}
	people := staff.People(true, true)
	require.Equal(t, []string{
		"pick               W-001 W-005 a guest, badge of the day", "pick cluster       W-002", "pick total         W-003", "pick zone          W-004",
		"pack single        W-006", "pack               W-007", "load               W-008", "returns desk       W-009 W-010", "hospital           W-011",
		"lead of the crew   L-002",
	}, Roster(people))
	require.Equal(t, "W-111", people[10].Relief)
	staff.Mix, staff.Lead = ByOrder, ""
	people = staff.People(true, false)
	require.Equal(t, []string{"pick               W-001 W-002 W-003 W-004", "put                W-005", "pack               W-006 W-007", "load               W-008"}, Roster(people))
	require.Empty(t, people[0].Relief)
	require.Empty(t, Staff{Lead: "L-002"}.People(false, true), "a lead alone plays nothing")
}

func TestOldLabels(t *testing.T) {
	old, err := OldLabels(strings.NewReader(`{"kind":"carrier","waybill":{"format":"cj"}}
{"kind":"return","id":"R","waybill":"69","originalWaybills":["68","67"]}
`))
	require.NoError(t, err)
	require.Equal(t, map[string][]string{"69": {"68", "67"}}, old)
	_, err = OldLabels(strings.NewReader(`{"originalWaybills":"68"}`))
	require.ErrorIs(t, err, ErrPlan)
}
