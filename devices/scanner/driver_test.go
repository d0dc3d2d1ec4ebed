package scanner_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/link/linktest"
	"dcedge/devices/scanner"
)

// disk is a sink whose commits the test decides about.
type disk struct {
	mu     sync.Mutex
	reads  []devices.Reading
	states []devices.State
	fail   error         // of the next commits
	slow   time.Duration // of each commit
	cue    devices.Cue
	came   chan struct{} // told of each read, where it is set
}

func (d *disk) Read(ctx context.Context, r devices.Reading) error {
	_, err := d.Judge(ctx, r)
	return err
}

func (d *disk) Judge(ctx context.Context, r devices.Reading) (devices.Cue, error) {
	d.mu.Lock()
	slow, fail, cue := d.slow, d.fail, d.cue
	d.mu.Unlock()
	if slow > 0 {
		select {
		case <-time.After(slow):
		case <-ctx.Done():
			return devices.CueBad, ctx.Err()
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if fail == nil {
		d.reads = append(d.reads, r)
		if d.came != nil {
			d.came <- struct{}{}
		}
	}
	return cue, fail
}

func (d *disk) State(s devices.State) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.states = append(d.states, s)
}

func (d *disk) set(f func(*disk)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f(d)
}

func (d *disk) codes() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := []string{}
	for _, r := range d.reads {
		if r.NoRead {
			out = append(out, "none")
			continue
		}
		out = append(out, r.Symbology+r.Code)
	}
	return out
}

func (d *disk) conditions() []devices.Condition {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []devices.Condition
	for _, s := range d.states {
		out = append(out, s.Condition)
	}
	return out
}

// bench is one scanner on a pipe, inside a synctest bubble.
type bench struct {
	t    *testing.T
	s    *scanner.Scanner
	disk *disk
	far  net.Conn
	stop context.CancelFunc
	done chan error

	mu    sync.Mutex
	heard bytes.Buffer // what the scanner was told
}

func start(t *testing.T, cfg scanner.Config) *bench {
	t.Helper()
	cfg.Name = "scan-1"
	pipe := linktest.NewPipe(1)
	s, err := scanner.New(cfg, pipe, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	b := &bench{t: t, s: s, disk: &disk{}, stop: stop, done: make(chan error, 1)}
	go func() { b.done <- s.Run(ctx, b.disk) }()
	b.far = <-pipe.Accepted
	go func() {
		buf := make([]byte, 64)
		for {
			n, err := b.far.Read(buf)
			b.mu.Lock()
			b.heard.Write(buf[:n])
			b.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() { stop(); <-b.done; _ = b.far.Close() })
	synctest.Wait()
	b.told()
	return b
}

// send plays the scanner and waits until everything has been dealt with.
func (b *bench) send(p []byte) {
	b.t.Helper()
	_, err := b.far.Write(p)
	require.NoError(b.t, err)
	synctest.Wait()
}

// told gives what the scanner was told since the last call.
func (b *bench) told() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := bytes.Clone(b.heard.Bytes())
	b.heard.Reset()
	return out
}

func bubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

var ssiAck = []byte{0x04, 0xd0, 0x04, 0x00, 0xff, 0x28}

func ssiRead(status byte, code string) []byte {
	return scanner.Packet{Opcode: 0xF3, Status: status, Data: append([]byte{0x03}, code...)}.Bytes()
}

func TestAnsweredOnlyWhenStored(t *testing.T) {
	bubble(t, "SSI", func(t *testing.T) {
		b := start(t, scanner.Config{Protocol: "ssi"})
		b.disk.set(func(d *disk) { d.slow = time.Second })
		b.send(ssiRead(0, "A"))
		time.Sleep(900 * time.Millisecond)
		assert.Empty(t, b.told(), "not on disk yet")
		time.Sleep(200 * time.Millisecond)
		synctest.Wait()
		assert.Equal(t, ssiAck, b.told())
		assert.Equal(t, []string{"]C0A"}, b.disk.codes())
	})
	bubble(t, "SSI not stored: no answer, and what comes again is new", func(t *testing.T) {
		b := start(t, scanner.Config{Protocol: "ssi"})
		b.disk.set(func(d *disk) { d.fail = errors.New("disk full") })
		b.send(ssiRead(0, "A"))
		assert.NotContains(t, string(b.told()), string(ssiAck))
		b.disk.set(func(d *disk) { d.fail = nil })
		b.send(ssiRead(1, "A"))
		assert.Equal(t, ssiAck, b.told())
		assert.Equal(t, []string{"]C0A"}, b.disk.codes())
		assert.Contains(t, b.s.Status().LastError, "disk full")
	})
	bubble(t, "SSI sent again after the answer was lost: one read, answered again", func(t *testing.T) {
		b := start(t, scanner.Config{Protocol: "ssi"})
		b.send(ssiRead(0, "A"))
		time.Sleep(2 * time.Second)
		b.send(ssiRead(1, "A"))
		assert.Equal(t, append(bytes.Clone(ssiAck), ssiAck...), b.told())
		b.send(ssiRead(1, "B")) // its first sending never arrived
		assert.Equal(t, []string{"]C0A", "]C0B"}, b.disk.codes())
		assert.EqualValues(t, 1, b.s.Status().Repeats)
	})
	bubble(t, "SSI that marks all that it sends: each is a read", func(t *testing.T) {
		b := start(t, scanner.Config{Protocol: "ssi"})
		for _, code := range []string{"A", "A", "B", "B", "A"} {
			b.send(ssiRead(1, code))
			time.Sleep(3 * time.Second)
		}
		assert.Equal(t, []string{"]C0A", "]C0A", "]C0B", "]C0B", "]C0A"}, b.disk.codes())
		b.send(ssiRead(0, "C")) // another one was plugged in
		time.Sleep(2 * time.Second)
		b.send(ssiRead(1, "C"))
		assert.Equal(t, "]C0C", b.disk.codes()[5])
		assert.EqualValues(t, 1, b.s.Status().Repeats)
		for _, code := range []string{"D", "E", "F", "F"} { // and another one that marks all
			time.Sleep(3 * time.Second)
			b.send(ssiRead(1, code))
		}
		assert.Equal(t, []string{"]C0D", "]C0E", "]C0F", "]C0F"}, b.disk.codes()[6:])
	})
	bubble(t, "SSI sent again after damage, and its answer was lost too: one read", func(t *testing.T) {
		b := start(t, scanner.Config{Protocol: "ssi"})
		bad := ssiRead(0, "A")
		bad[5] ^= 1
		b.send(bad)
		time.Sleep(idle)
		b.send(ssiRead(1, "A"))
		time.Sleep(2 * time.Second)
		b.send(ssiRead(1, "A"))
		assert.Equal(t, []string{"]C0A"}, b.disk.codes())
	})
	bubble(t, "SSI damaged packet is asked for again", func(t *testing.T) {
		b := start(t, scanner.Config{Protocol: "ssi"})
		bad := ssiRead(0, "A")
		bad[5] ^= 1
		b.send(bad)
		time.Sleep(idle)
		synctest.Wait()
		assert.Equal(t, []byte{0x05, 0xd1, 0x04, 0x00, 0x01, 0xff, 0x25}, b.told())
		b.send(ssiRead(1, "A"))
		assert.Equal(t, []string{"]C0A"}, b.disk.codes())
	})
	bubble(t, "ACK and NAK", func(t *testing.T) {
		b := start(t, scanner.Config{Protocol: "ack"})
		b.send([]byte("\x02A\x03"))
		assert.Equal(t, []byte{0x06}, b.told())
		b.disk.set(func(d *disk) { d.fail = errors.New("disk full") })
		b.send([]byte("\x02B\x03"))
		assert.Equal(t, []byte{0x15}, b.told())
		b.send([]byte("\x02\xff\x03"))
		assert.Equal(t, []byte{0x15}, b.told())
		assert.Equal(t, []string{"A"}, b.disk.codes())
	})
	bubble(t, "the edge ends while storing: no answer", func(t *testing.T) {
		b := start(t, scanner.Config{Protocol: "ssi"})
		b.disk.set(func(d *disk) { d.slow = time.Hour })
		b.send(ssiRead(0, "A"))
		b.stop()
		synctest.Wait()
		assert.Empty(t, b.told())
		require.NoError(t, <-b.done)
		b.done <- nil
	})
}

func TestSSITellsItsFirmware(t *testing.T) {
	bubble(t, "OK", func(t *testing.T) {
		b := start(t, scanner.Config{Protocol: "ssi"})
		b.send(scanner.Packet{Opcode: 0xA4, Data: []byte("PAABKC00-004-R00 1")}.Bytes())
		assert.Equal(t, ssiAck, b.told())
		assert.Equal(t, "PAABKC00-004-R00", b.s.Status().Firmware)
		b.send(scanner.Packet{Opcode: 0xD0}.Bytes())
		assert.Empty(t, b.told(), "an ACK is not acknowledged")
		assert.Empty(t, b.disk.codes())
	})
}

// TestR1AnotherScannerIsNoticed: what it is was forgotten with the line, one that
// speaks otherwise is told at its first frame, and the right one is asked anew.
func TestR1AnotherScannerIsNoticed(t *testing.T) {
	revision := func(name string) []byte { return scanner.Packet{Opcode: 0xA4, Data: []byte(name + " 1")}.Bytes() }
	ask := scanner.Packet{Opcode: 0xA3, Source: 4}.Bytes()
	bubble(t, "another protocol", func(t *testing.T) {
		b := start(t, scanner.Config{Protocol: "ssi"})
		time.Sleep(4 * time.Second)
		assert.Equal(t, ask, b.told())
		time.Sleep(2 * time.Second)
		synctest.Wait()
		st := b.s.Status()
		assert.Equal(t, devices.Ready, st.Condition, "it may only send")
		assert.Contains(t, st.Detail, "not said who it is")
		b.send([]byte("8801234567893\r"))
		st = b.s.Status()
		assert.Equal(t, devices.Faulty, st.Condition)
		assert.Contains(t, st.Hint, "protocol")
		time.Sleep(4 * time.Second)
		synctest.Wait()
		assert.Contains(t, string(b.told()), string(ask), "asked once more")
		b.send(revision("NEW-R00"))
		st = b.s.Status()
		assert.Equal(t, devices.Ready, st.Condition, "it answers after all")
		assert.Equal(t, "NEW-R00", st.Firmware)
		assert.Empty(t, st.Detail)
		b.send([]byte("\r")) // one spike on a line that is known to be right
		assert.Equal(t, devices.Ready, b.s.Status().Condition)
		assert.Empty(t, b.disk.codes())
	})
	bubble(t, "who it was is forgotten with the line", func(t *testing.T) {
		b := start(t, scanner.Config{Protocol: "ssi"})
		b.send(revision("OLD-R00"))
		assert.Equal(t, "SSI decoder", b.s.Status().Model)
		require.NoError(t, b.far.Close())
		require.Error(t, <-b.done)
		b.done <- nil
		st := b.s.Status()
		assert.Equal(t, []string{"", ""}, []string{st.Model, st.Firmware})
	})
	bubble(t, "CR: a spike at the plug is no fault", func(t *testing.T) {
		b := start(t, scanner.Config{})
		b.send([]byte("\xf8\r"))
		assert.Equal(t, devices.Ready, b.s.Status().Condition)
	})
}

func TestBounce(t *testing.T) {
	bubble(t, "the same code without leaving the window is one read", func(t *testing.T) {
		b := start(t, scanner.Config{})
		for range 5 {
			b.send([]byte("A\r"))
			time.Sleep(300 * time.Millisecond)
		}
		assert.Equal(t, []string{"A"}, b.disk.codes())
		assert.EqualValues(t, 4, b.s.Status().Repeats)
		time.Sleep(200 * time.Millisecond)
		b.send([]byte("A\r")) // on purpose: counting pieces
		assert.Equal(t, []string{"A", "A"}, b.disk.codes())
	})
	bubble(t, "another code between, another symbology, or none at all", func(t *testing.T) {
		b := start(t, scanner.Config{})
		b.send([]byte("A\rB\rA\r]C1A\r"))
		assert.Equal(t, []string{"A", "B", "A", "]C1A"}, b.disk.codes())
	})
	bubble(t, "what was not stored is no repeat", func(t *testing.T) {
		b := start(t, scanner.Config{})
		b.disk.set(func(d *disk) { d.fail = errors.New("no") })
		b.send([]byte("A\r"))
		b.disk.set(func(d *disk) { d.fail = nil })
		b.send([]byte("A\r"))
		assert.Equal(t, []string{"A"}, b.disk.codes())
	})
	bubble(t, "off", func(t *testing.T) {
		b := start(t, scanner.Config{Bounce: -1})
		b.send([]byte("A\rA\r"))
		assert.Equal(t, []string{"A", "A"}, b.disk.codes())
	})
	bubble(t, "every no-read is its own parcel", func(t *testing.T) {
		b := start(t, scanner.Config{})
		b.send([]byte("NoRead\rNOREAD\r?\r8801\r"))
		assert.Equal(t, []string{"none", "none", "none", "8801"}, b.disk.codes())
		assert.Equal(t, "NoRead", string(b.disk.reads[0].Raw))
	})
}

func TestReadingCarriesDeviceTimeAndRawBytes(t *testing.T) {
	bubble(t, "OK", func(t *testing.T) {
		b := start(t, scanner.Config{})
		b.send([]byte("]C110A\x1d"))
		time.Sleep(50 * time.Millisecond)
		b.send([]byte("21B\r"))
		assert.Equal(t, []devices.Reading{{Device: "scan-1", At: time.Now(), Raw: []byte("]C110A\x1d21B"), Code: "10A\x1d21B", Symbology: "]C1"}}, b.disk.reads)
		st := b.s.Status()
		assert.EqualValues(t, []any{uint64(11), uint64(0), uint64(1)}, []any{st.BytesIn, st.BytesOut, st.Readings})
		assert.Equal(t, time.Now().UnixNano(), st.LastIn.UnixNano())
	})
}

// TestR2NoiseIsToldAndHealsItself: a wrong speed looks like this.
func TestR2NoiseIsToldAndHealsItself(t *testing.T) {
	bubble(t, "OK", func(t *testing.T) {
		b := start(t, scanner.Config{})
		for range 3 {
			b.send([]byte("\xf8\x00\xe6\x80\r"))
		}
		st := b.s.Status()
		assert.Equal(t, devices.Faulty, st.Condition)
		assert.Contains(t, st.Hint, "baud")
		assert.EqualValues(t, 3, st.Junk)
		b.send([]byte("8801"))
		time.Sleep(idle) // half a code, cut by a gap
		synctest.Wait()
		assert.EqualValues(t, 4, b.s.Status().Junk)
		time.Sleep(settle)
		b.send([]byte("8801234567893\r"))
		assert.Equal(t, []string{"8801234567893"}, b.disk.codes())
		assert.Equal(t, []devices.Condition{devices.Ready, devices.Faulty, devices.Ready}, b.disk.conditions())
	})
}

func TestCues(t *testing.T) {
	badBeep := scanner.Packet{Opcode: 0xE6, Source: 4, Data: []byte{0x12}}.Bytes()
	bubble(t, "SSI", func(t *testing.T) {
		b := start(t, scanner.Config{Protocol: "ssi"})
		b.disk.set(func(d *disk) { d.cue = devices.CueGood })
		b.send(ssiRead(0, "A"))
		assert.Equal(t, ssiAck, b.told(), "it beeps for a good read by itself")
		b.disk.set(func(d *disk) { d.cue = devices.CueBad })
		b.send(ssiRead(0, "B"))
		assert.Equal(t, append(bytes.Clone(ssiAck), badBeep...), b.told(), "stored, but refused")
		require.NoError(t, b.s.Signal(devices.CueGood))
		synctest.Wait()
		assert.Equal(t, scanner.Packet{Opcode: 0xE6, Source: 4, Data: []byte{0}}.Bytes(), b.told())
	})
	bubble(t, "BEL", func(t *testing.T) {
		b := start(t, scanner.Config{Bell: true, GoodBeep: true})
		b.disk.set(func(d *disk) { d.cue = devices.CueGood })
		b.send([]byte("A\r"))
		b.disk.set(func(d *disk) { d.fail = errors.New("no") })
		b.send([]byte("B\r"))
		assert.Equal(t, "\a\a\a\a", string(b.told()))
	})
	bubble(t, "none", func(t *testing.T) {
		b := start(t, scanner.Config{})
		require.NoError(t, b.s.Signal(devices.CueBad))
		synctest.Wait()
		assert.Empty(t, b.told())
		b.stop()
		require.NoError(t, <-b.done)
		b.done <- nil
		require.ErrorIs(t, b.s.Signal(devices.CueBad), scanner.ErrOffline)
	})
}

func TestLossOfTheWire(t *testing.T) {
	bubble(t, "what came before still counts", func(t *testing.T) {
		b := start(t, scanner.Config{})
		b.disk.set(func(d *disk) { d.slow = 10 * time.Millisecond })
		_, err := b.far.Write([]byte("A\r"))
		require.NoError(t, err)
		_, err = b.far.Write([]byte("B\rhalf"))
		require.NoError(t, err)
		require.NoError(t, b.far.Close())
		err = <-b.done
		b.done <- nil
		require.ErrorIs(t, err, io.EOF)
		assert.NotEmpty(t, devices.HintOf(err))
		assert.Equal(t, []string{"A", "B"}, b.disk.codes())
		st := b.s.Status()
		assert.Equal(t, devices.Offline, st.Condition)
		assert.Contains(t, st.LastError, "EOF")
	})
}

func TestBadConfig(t *testing.T) {
	log, pipe := slog.New(slog.DiscardHandler), linktest.NewPipe(0)
	for _, c := range []scanner.Config{{}, {Name: "s", Protocol: "usb"}, {Name: "s", MaxLength: -1}, {Name: "s", Idle: time.Second}} {
		_, err := scanner.New(c, pipe, log)
		require.Error(t, err, "%+v", c)
	}
	_, err := scanner.New(scanner.Config{Name: "s"}, nil, log)
	require.Error(t, err)
	s, err := scanner.New(scanner.Config{Name: "s"}, pipe, log)
	require.NoError(t, err)
	err = s.Run(t.Context(), &disk{})
	require.ErrorIs(t, err, linktest.ErrRefused)
	assert.Equal(t, devices.Transient, devices.ClassOf(err))
	assert.NotEmpty(t, devices.HintOf(err))
}

// TestSendsWithoutEnd: what no scanner sends is told as a fault, and is not taken
// later, when nobody knows any more whose it was.
func TestSendsWithoutEnd(t *testing.T) {
	codes := ""
	for n := range 5000 {
		codes += fmt.Sprintf("C%05d\r", n)
	}
	for name, c := range map[string]struct {
		sent  string
		most  int // reads
		flood bool
	}{
		"codes":       {codes, 250, true},
		"no end":      {strings.Repeat("A", 20_000), 0, false},
		"no end, all": {strings.Repeat("A", 500_000), 0, true},
		"noise":       {strings.Repeat("\x80\xff", 200_000), 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, scanner.Config{})
				_, err := b.far.Write([]byte(c.sent))
				synctest.Wait()
				if !c.flood { // else the wire may have taken all before it was cut
					assert.NoError(t, err, "the connection ended")
				}
				assert.Len(t, b.disk.codes(), c.most)
				st := b.s.Status()
				assert.NotEmpty(t, st.Hint)
				if !c.flood {
					assert.Equal(t, devices.Faulty, st.Condition)
					return
				}
				assert.Equal(t, devices.Flooding, st.Condition)
				err = <-b.done
				assert.ErrorIs(t, err, devices.ErrFlood)
				b.done <- err
			})
		})
	}
}
