package printer

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// label is a small waybill: two Code 128 fields, text, a comment.
func label(waybill, order string) string {
	return "^XA^CI28^PW800^LL1200^FX " + order + "^FS" +
		"^FO40,40^BY3^BCN,100,N,N,N^FD>;" + waybill + "^FS" +
		"^FO40,300^A0N,40,40^FH^FD" + order + "_5E^FS^PQ1^XZ"
}

func start(t testing.TB, cfg Config) *Printer {
	t.Helper()
	cfg.Name, cfg.Listen = "p1", "127.0.0.1:0"
	if cfg.Clock == 0 {
		cfg.Clock = 10000
	}
	p, err := New(cfg)
	require.NoError(t, err)
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
	return p
}

func dial(t testing.TB, p *Printer) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	require.NoError(t, err)
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func send(t testing.TB, w io.Writer, text string) {
	t.Helper()
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
}

// until waits for a state of the printer.
func until(t testing.TB, p *Printer, ok func(Status) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, p.WaitStatus(ctx, ok), "state: %+v", p.Status())
}

// received waits until the printer has read n bytes in all.
func received(n int) func(Status) bool {
	return func(s Status) bool { return s.Received >= int64(n) }
}

func idle(s Status) bool { return s.Formats == 0 && s.Left == 0 && !s.Partial }

// ask sends a question and reads n bytes of answer.
func ask(t testing.TB, conn net.Conn, question string, n int) string {
	t.Helper()
	send(t, conn, question)
	buf := make([]byte, n)
	_, err := io.ReadFull(conn, buf)
	require.NoError(t, err)
	return string(buf)
}

const healthy = "\x02030,0,0,1200,000,0,0,0,000,0,0,0\x03\r\n" +
	"\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"

func TestHostStatus(t *testing.T) {
	p := start(t, Config{})
	conn := dial(t, p)
	require.Equal(t, healthy, ask(t, conn, "~HS", len(healthy)))
	cases := map[string]struct {
		change func()
		was    string
		is     string
	}{
		"PaperOut": {func() { p.SetPaper(0) }, "030,0,0", "030,1,0"},
		"Paused":   {func() { p.SetPause(true) }, "030,0,0", "030,0,1"},
		"HeadOpen": {func() { p.SetHead(true) }, "000,0,0,0,0,2", "000,0,1,0,0,2"},
		"Partial":  {func() { send(t, conn, "^XA^FO1,1") }, ",0,0,0,000", ",0,0,1,000"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.change()
			require.Equal(t, strings.Replace(healthy, c.was, c.is, 1), ask(t, conn, "~HS", len(healthy)))
			p.SetPaper(-1)
			p.SetPause(false)
			p.SetHead(false)
			send(t, conn, "~JX")
		})
	}
	p.SetPause(true)
	send(t, conn, label("123456789012", "A")+label("123456789013", "B"))
	want := strings.Replace(strings.Replace(healthy, "1200,000", "1200,002", 1), "030,0,0", "030,0,1", 1)
	require.Equal(t, want, ask(t, conn, "~HS", len(want)))
	send(t, conn, "~JA")
	want = strings.Replace(healthy, "030,0,0", "030,0,1", 1)
	require.Equal(t, want, ask(t, conn, "~HS", len(want)))
	send(t, conn, "~PS")
	require.Equal(t, healthy, ask(t, conn, "~HS", len(healthy)))
	require.Zero(t, p.Status().Odometer)
}

func TestOtherQuestions(t *testing.T) {
	p := start(t, Config{Model: "ZT411-203dpi", Serial: "S1"})
	conn := dial(t, p)
	for question, want := range map[string]string{
		"~HI":                                  "\x02ZT411-203dpi,V93.21.26Z,8,8192KB,X\x03\r\n",
		"~hqes":                                "\x02\r\n\r\nPRINTER STATUS            \r\n   ERRORS:          0 00000000 00000000  \r\n   WARNINGS:        0 00000000 00000000   \r\n\x03",
		"! U1 getvar \"device.unique_id\"\r\n": `"S1"`,
		"! U1 getvar \"odometer.total_label_count\"\r\n": `"0"`,
	} {
		require.Equal(t, want, ask(t, conn, question, len(want)), question)
	}
	p.SetHead(true)
	p.SetPaper(0)
	p.SetPause(true)
	require.Contains(t, ask(t, conn, "~HQES", 112), "ERRORS:          1 00000000 00010005")
}

func TestPrintAndRead(t *testing.T) {
	dir := t.TempDir()
	p := start(t, Config{Folder: dir, Control: "127.0.0.1:0"})
	conn := dial(t, p)
	send(t, conn, "\xef\xbb\xbf"+label("651234567890", "ORD-1")+"\r\n"+strings.Replace(label("651234567891", "ORD-2"), "^PQ1", "^PQ3", 1))
	until(t, p, func(s Status) bool { return s.Odometer == 4 && idle(s) })
	labels := p.Labels(0)
	require.Len(t, labels, 4)
	require.Equal(t, []Barcode{{Symbology: "code128", Text: "651234567890"}}, labels[0].Barcodes)
	require.Equal(t, []string{"ORD-1^"}, labels[0].Texts)
	require.Equal(t, []string{"ORD-1"}, labels[0].Comments)
	require.Equal(t, []int{1, 2, 3}, []int{labels[1].Copy, labels[2].Copy, labels[3].Copy})

	res, err := http.Get(p.ControlURL() + "/labels?since=2&wait=1")
	require.NoError(t, err)
	defer res.Body.Close()
	var got []Label
	require.NoError(t, json.NewDecoder(res.Body).Decode(&got))
	require.Len(t, got, 2)
	require.Equal(t, "651234567891", got[1].Barcodes[0].Text)
	pic, err := http.Get(p.ControlURL() + "/labels/1.png")
	require.NoError(t, err)
	defer pic.Body.Close()
	img, err := png.Decode(pic.Body)
	require.NoError(t, err)
	require.Equal(t, 800, img.Bounds().Dx())

	again, err := New(Config{Name: "p1", Listen: "127.0.0.1:0", Folder: dir})
	require.NoError(t, err)
	require.EqualValues(t, 4, again.Status().Odometer)
	require.Equal(t, labels[0].Barcodes, again.Labels(0)[0].Barcodes)
}

func TestPaperOutMidBuffer(t *testing.T) {
	p := start(t, Config{Paper: 2})
	conn := dial(t, p)
	for i := range 5 {
		send(t, conn, label(fmt.Sprintf("65123456789%d", i), "O"))
	}
	until(t, p, func(s Status) bool { return s.PaperOut && s.Odometer == 2 && s.Formats == 2 })
	require.Equal(t, 1, p.Status().Left, "the label that found no paper waits in the machine")
	p.SetPaper(100)
	until(t, p, func(s Status) bool { return s.Odometer == 5 && idle(s) })
	require.Equal(t, "651234567894", p.Labels(4)[0].Barcodes[0].Text)
}

// TestCutAtEveryByte cuts the line after n bytes of a label, connects again and
// sends the label whole, with and without ~JX first.
func TestCutAtEveryByte(t *testing.T) {
	text := label("651234567890", "ORD-1")
	for _, drop := range []bool{false, true} {
		p := start(t, Config{DropPartial: drop})
		for n := range len(text) {
			before := p.Status()
			cut := int64(n)
			p.SetFaults(Faults{CutAfter: &cut})
			first := dial(t, p)
			_, _ = io.WriteString(first, text) // fails when the cut comes first
			_, err := io.Copy(io.Discard, first)
			_ = err // end or reset: both are a cut line
			until(t, p, received(int(before.Received)+n))
			require.Equal(t, before.Odometer, p.Status().Odometer, "cut at %d printed", n)
			second := dial(t, p)
			send(t, second, "~JX"+text)
			until(t, p, func(s Status) bool { return s.Odometer == before.Odometer+1 && idle(s) })
			got := p.Labels(before.Odometer)[0]
			require.Equal(t, 1, got.Starts, "cut at %d: glued in spite of ~JX", n)
			_ = second.Close()
		}
	}
}

func TestPartialKeptIsGlued(t *testing.T) {
	for _, drop := range []bool{false, true} {
		t.Run(fmt.Sprintf("Drop=%v", drop), func(t *testing.T) {
			p := start(t, Config{DropPartial: drop})
			first := dial(t, p)
			half := "^XA^FO1,1^BCN,50^FDHALF^FS^FO1,90^BCN,50^FDCU"
			send(t, first, half)
			until(t, p, received(len(half)))
			_ = first.Close()
			second := dial(t, p)
			send(t, second, label("651234567890", "O"))
			until(t, p, func(s Status) bool { return s.Odometer == 1 })
			got := p.Labels(0)[0]
			if drop {
				require.Equal(t, 1, got.Starts)
				require.Len(t, got.Barcodes, 1)
				return
			}
			require.Equal(t, 2, got.Starts)
			require.Equal(t, "HALF", got.Barcodes[0].Text)
		})
	}
}

func TestBackPressureAndOversize(t *testing.T) {
	p := start(t, Config{BufferBytes: 1000})
	p.SetPause(true)
	conn := dial(t, p)
	one := label("651234567890", "O")
	sent := make(chan error, 1)
	go func() {
		_, err := io.WriteString(conn, strings.Repeat(one, 100_000))
		sent <- err
	}()
	until(t, p, func(s Status) bool { return s.Buffered == 1000 })
	status := p.Status()
	require.LessOrEqual(t, status.Received, int64(1000))
	_ = conn.Close()
	<-sent
	p.SetPause(false)
	until(t, p, func(s Status) bool { return s.Odometer > 3 })

	q := start(t, Config{BufferBytes: 1000})
	conn = dial(t, q)
	send(t, conn, "^XA^FD"+strings.Repeat("x", 5000)+"^FS^XZ"+one)
	until(t, q, func(s Status) bool { return s.Odometer == 1 && s.Dropped == 1 })
}

func TestFaults(t *testing.T) {
	p := start(t, Config{})
	p.SetFaults(Faults{Silent: true})
	conn := dial(t, p)
	send(t, conn, "~HS")
	until(t, p, received(3))
	p.SetFaults(Faults{Garble: true})
	require.NotEqual(t, byte(2), ask(t, conn, "~HS", 1)[0])
	_ = conn.Close()

	p.SetFaults(Faults{Refuse: true})
	_, err := net.Dial("tcp", p.Addr())
	require.Error(t, err)
	p.SetFaults(Faults{Twice: 1})
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", p.Addr())
		if err == nil {
			send(t, c, label("651234567890", "O"))
			_ = c.Close()
		}
		return err == nil
	}, 30*time.Second, time.Millisecond)
	until(t, p, func(s Status) bool { return s.Odometer == 2 })
	require.True(t, p.Labels(0)[1].Again)

	p.SetFaults(Faults{SilentOnFault: true})
	p.SetHead(true)
	conn = dial(t, p)
	require.Contains(t, ask(t, conn, "~HS~HQES", 112), "PRINTER STATUS")
}

func TestOneConnectionAtATime(t *testing.T) {
	p := start(t, Config{})
	first := dial(t, p)
	_ = ask(t, first, "~HI", 10)
	second := dial(t, p) // taken by the system, not by the printer
	send(t, second, "~HI")
	require.EqualValues(t, 1, p.Status().Conns)
	_ = first.Close()
	line, err := bufio.NewReader(second).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, "8192KB")
}

func TestPowerCycle(t *testing.T) {
	for _, replay := range []bool{true, false} {
		p := start(t, Config{})
		p.SetPause(true)
		conn := dial(t, p)
		text := label("651234567890", "O") + "^XA^FO1"
		send(t, conn, text)
		until(t, p, received(len(text)))
		p.PowerCycle(replay)
		if replay {
			until(t, p, func(s Status) bool { return s.Odometer == 1 && idle(s) })
			continue
		}
		until(t, p, idle)
		require.Zero(t, p.Status().Odometer)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, cfg := range map[string]Config{
		"NoName":   {Listen: ":0"},
		"NoListen": {Name: "p"},
		"Dots":     {Name: "p", Listen: ":0", Dots: 9},
		"Clock":    {Name: "p", Listen: ":0", Clock: -1},
		"Buffer":   {Name: "p", Listen: ":0", BufferBytes: 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(cfg)
			require.ErrorIs(t, err, ErrConfig)
		})
	}
}
