package printer

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.bug.st/serial"

	"dcedge/firmware-sim/fault"
)

// TestStatusVectors answers every ~HS and ~HQES of the conformance data, byte for
// byte, from what the data says that it means.
func TestStatusVectors(t *testing.T) {
	var file struct {
		Vectors []struct {
			Kind, Raw string
			Valid     bool
			Expect    map[string]any
		} `json:"vectors"`
	}
	raw, err := os.ReadFile(filepath.Join(conformance(t), "vectors", "zpl_status.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &file))
	passed := 0
	for _, v := range file.Vectors {
		if !v.Valid || !strings.HasPrefix(v.Raw, "\x02") { // other dialects: no STX
			continue
		}
		on := func(name string) bool { b, _ := v.Expect[name].(bool); return b }
		number := func(name string, fallback int) int {
			if n, ok := v.Expect[name].(float64); ok {
				return int(n)
			}
			return fallback
		}
		switch v.Kind {
		case "hs":
			h := hostFields{
				line: 30, paperOut: on("paper_out"), paused: on("paused"), length: number("label_length", 1245),
				formats: number("formats_in_buffer", 0), full: on("buffer_full"), partial: on("partial_format"),
				corrupt: on("corrupt_ram"), cold: on("under_temp"), hot: on("over_temp"), headOpen: on("head_up"),
				ribbonOut: on("ribbon_out"), ribbon: on("thermal_transfer"), mode: number("print_mode", 2), width: 4,
				waiting: on("label_waiting"), left: number("labels_remaining", 0), graphics: number("graphics_in_memory", 0),
				password: 1234,
			}
			if strings.Contains(v.Raw, "\x02001,") { // one real printer with other settings
				h.function, h.width = 1, 6
			}
			if strings.Contains(v.Raw, "1234,1") {
				h.memory = 1
			}
			if on("ribbon_out") {
				h.ribbon = true // only a transfer printer has one
			}
			require.Equal(t, v.Raw, h.String())
		case "hqes":
			bits := map[string]int{"media_out": errMedia, "ribbon_out": errRibbon, "head_open": errHead, "cutter_fault": 8,
				"printhead_over_temp": errHot, "motor_over_temp": 0x20, "invalid_firmware_config": 0x100, "paused": errPaused}
			errors, warnings := 0, 0
			for _, f := range v.Expect["flags"].([]any) {
				require.Contains(t, bits, f)
				errors |= bits[f.(string)]
			}
			if on("warning") {
				warnings = 0x100
			}
			require.Equal(t, v.Raw, errorText(errors, warnings))
		}
		passed++
	}
	t.Logf("status: %d of %d are answers of this printer's dialect", passed, len(file.Vectors))
	require.GreaterOrEqual(t, passed, 14)
}

// TestRealLabelCount sends every real label over the wire and counts what comes
// out: formats that store another or only set something up come out as nothing.
func TestRealLabelCount(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(conformance(t), "zpl", "*"))
	require.NoError(t, err)
	counts := map[string]int{"binarykits_Example_Example7-178x152.zpl": 2, "zebrash_templating.zpl": 2, "SOURCES.md": 0}
	p := start(t, Config{BufferBytes: 4 << 20})
	conn := dial(t, p)
	files := 0
	for _, name := range names {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		want, special := counts[filepath.Base(name)]
		if !special {
			want = 1
		}
		if want == 0 {
			continue
		}
		before := p.Status()
		_, err = conn.Write(raw)
		require.NoError(t, err)
		until(t, p, received(int(before.Received)+len(raw)))
		until(t, p, idle)
		require.Equal(t, before.Odometer+int64(want), p.Status().Odometer, filepath.Base(name))
		files++
	}
	t.Logf("labels: %d files, %d labels", files, p.Status().Odometer)
	require.Zero(t, p.Status().Dropped)
}

func TestStoredFormat(t *testing.T) {
	const store = "^XA^DFE:BOX.ZPL^FS^FO10,10^A0N,30^FN1^FS^FO10,90^BCN,80^FN2^FS^FN1^FDnobody^FS^XZ"
	s, set := newStream(1000), newSettings(8, false)
	var labels []Label
	feed := func(zpl string) {
		for _, b := range []byte(zpl) {
			if e, ok := s.feed(b); ok && e.format != nil {
				if l, n := layout(e.format, &set); n > 0 {
					labels = append(labels, l)
				}
			}
		}
	}
	feed(store + "^XA^PW800^MNY^XZ")
	require.Empty(t, labels)
	feed("^XA^XFE:BOX^FS^FN1^FH^FDa_5Eb^FS^FN2^FD>;123456^FS^XZ^XA^XFBOX.ZPL^FS^FN2^FD>;12^FS^XZ")
	require.Len(t, labels, 2)
	require.Equal(t, []string{"a^b"}, labels[0].Texts)
	require.Equal(t, "123456", labels[0].Barcodes[0].Text)
	require.Equal(t, []string{"nobody"}, labels[1].Texts, "a stored value stands where none is given")
	set.formats = kept(set.formats)
	require.Contains(t, set.formats, "BOX", "E: outlives a power cut")
	feed("^XA^DFR:RAM^FS^FO1,1^FDx^FS^XZ^XA^XFNONE^FS^XZ")
	require.Len(t, labels, 2, "a name that is not stored prints nothing")
	require.NotContains(t, kept(set.formats), "RAM")
}

// TestSerial prints over a serial line of 115200 baud, pulls it in the middle of
// a label and prints again.
func TestSerial(t *testing.T) {
	name := filepath.Join(t.TempDir(), "usb-Zebra")
	p, err := New(Config{Name: "p1", Listen: "pty:" + name + "?baud=115200", Clock: 10000})
	require.NoError(t, err)
	run(t, p)
	open := func() serial.Port {
		t.Helper()
		var port serial.Port
		require.Eventually(t, func() bool {
			var err error
			port, err = serial.Open(name, &serial.Mode{BaudRate: 115200})
			return err == nil
		}, 30*time.Second, time.Millisecond)
		return port
	}
	port := open()
	send(t, port, label("651234567890", "O"))
	until(t, p, func(s Status) bool { return s.Odometer == 1 })
	send(t, port, "~HS")
	got := make([]byte, len(healthy))
	_, err = io.ReadFull(port, got)
	require.NoError(t, err)
	require.Equal(t, healthy, string(got))

	half := "^XA^FO1,1^FDhalf"
	before := p.Status().Received
	send(t, port, half)
	until(t, p, received(int(before)+len(half)))
	p.SetFaults(Faults{Refuse: true})
	_, err = port.Read(got)
	require.Error(t, err)
	require.NoError(t, port.Close())
	require.NoFileExists(t, name)
	p.SetFaults(Faults{})
	port = open()
	defer port.Close()
	require.True(t, p.Status().Partial, "the printer still has the half")
	send(t, port, "~JX"+label("651234567891", "O"))
	until(t, p, func(s Status) bool { return s.Odometer == 2 })
	require.Equal(t, 1, p.Labels(1)[0].Starts)
}

func run(t testing.TB, p *Printer) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	<-p.Ready()
}

func TestPeel(t *testing.T) {
	p := start(t, Config{Peel: true})
	conn := dial(t, p)
	send(t, conn, label("651234567890", "A")+label("651234567891", "B"))
	until(t, p, func(s Status) bool { return s.Odometer == 1 && s.Waiting && s.Left+s.Formats == 1 })
	want := "\x02030,0,0,1200,001,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,1,4,1,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
	require.Equal(t, want, ask(t, conn, "~HS", len(want)))
	p.Take()
	until(t, p, func(s Status) bool { return s.Odometer == 2 && s.Waiting })
	require.NoError(t, p.Do(Hands{Take: true}))
	send(t, conn, strings.Replace(label("651234567892", "C"), "^XA", "^XA^MMT", 1)+label("651234567893", "D"))
	until(t, p, func(s Status) bool { return s.Odometer == 4 && idle(s) && !s.Peel })

	q := start(t, Config{Peel: true, TakeAfter: time.Second})
	send(t, dial(t, q), label("651234567890", "A")+label("651234567891", "B"))
	until(t, q, func(s Status) bool { return s.Odometer == 2 && !s.Waiting })
}

func TestRibbonAndHeat(t *testing.T) {
	p := start(t, Config{})
	conn := dial(t, p)
	p.SetRibbon(true)
	p.SetFaults(Faults{Hot: true})
	require.Contains(t, ask(t, conn, "~HQES", 112), "ERRORS:          1 00000000 00000012")
	got := ask(t, conn, "~HS", len(healthy))
	require.Contains(t, got, ",0,0,1\x03\r\n\x02000,0,0,1,0,2")
	send(t, conn, label("651234567890", "A"))
	until(t, p, func(s Status) bool { return s.Formats == 1 })
	require.NoError(t, p.Do(Hands{Ribbon: "in"}))
	p.SetFaults(Faults{})
	until(t, p, func(s Status) bool { return s.Odometer == 1 })

	send(t, conn, "~PP"+label("651234567891", "B")+"~JR")
	until(t, p, func(s Status) bool { return idle(s) && !s.Paused })
	require.EqualValues(t, 1, p.Status().Odometer, "a reset forgets the buffer")

	began := time.Now()
	p.SetFaults(Faults{Late: 500_000}) // at 10,000 times real speed
	_ = ask(t, conn, "~HI", 10)
	require.Greater(t, time.Since(began), 50*time.Millisecond)
}

func TestPrepare(t *testing.T) {
	p := start(t, Config{})
	for _, bad := range []string{`{"fire":true}`, `{"paper":"none"}`, `{"head":"up"}`, `{"power":"off"}`, `{"silent":1}`, `[]`} {
		_, err := p.Prepare(json.RawMessage(bad))
		require.ErrorIs(t, err, fault.ErrScript, bad)
	}
	act, err := p.Prepare(json.RawMessage(`{"silent":true,"cutAfter":7,"paper":0,"head":"open","pause":true,"ribbon":"out"}`))
	require.NoError(t, err)
	undo := act()
	s := p.Status()
	require.True(t, s.Faults.Silent && s.PaperOut && s.HeadOpen && s.Paused && s.RibbonOut)
	require.EqualValues(t, 7, *s.Faults.CutAfter)
	undo()
	s = p.Status()
	require.Equal(t, Faults{}, s.Faults)
	require.False(t, s.PaperOut || s.HeadOpen || s.Paused || s.RibbonOut)
	require.Equal(t, -1, s.Paper)
	p.SetFaults(Faults{Garble: true, Silent: true})
	act, err = p.Prepare(json.RawMessage(`{"heal":true}`))
	require.NoError(t, err)
	act()
	require.Equal(t, Faults{}, p.Status().Faults)
}

// TestReplacedAndCut: another printer counts from nothing under its own number, and a
// connection is cut inside a label.
func TestReplacedAndCut(t *testing.T) {
	p := start(t, Config{Serial: "S1"})
	conn := dial(t, p)
	send(t, conn, label("651234567890", "A"))
	until(t, p, func(s Status) bool { return s.Odometer == 1 })
	require.Contains(t, ask(t, conn, "~HQSN", 28), "S1")
	require.NoError(t, p.Do(Hands{Replace: "S2"}))
	conn = dial(t, p)
	require.Contains(t, ask(t, conn, "~HQSN", 28), "S2")
	require.Equal(t, `"0"`, ask(t, conn, "! U1 getvar \"odometer.total_label_count\"\r\n", 3))
	require.EqualValues(t, 1, p.Status().Odometer, "the paper of both is counted")
	n := int64(20)
	p.SetFaults(Faults{CutLabel: &n})
	_, _ = io.WriteString(conn, label("651234567891", "B"))
	_, err := io.ReadAll(conn)
	_ = err // closed or reset
	require.True(t, p.Status().Partial)
	require.Nil(t, p.Status().Faults.CutLabel, "it acts once")
	conn = dial(t, p)
	send(t, conn, "~JX"+label("651234567892", "C"))
	until(t, p, func(s Status) bool { return s.Odometer == 2 })
	require.False(t, p.Labels(1)[0].Came.IsZero())
}
