package linktest_test

import (
	"context"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices/link/linktest"
)

// TestCutLetsExactlyNThrough for every n, however the bytes are written.
func TestCutLetsExactlyNThrough(t *testing.T) {
	const text = "^XA^FDx^FS^XZ"
	for n := range len(text) {
		for _, size := range []int{1, 3, len(text)} {
			pipe := linktest.NewPipe(1)
			c, err := linktest.NewCut(pipe, "^", n).Open(t.Context())
			require.NoError(t, err)
			got := make(chan []byte)
			go func(far net.Conn) {
				b, _ := io.ReadAll(far)
				got <- b
			}(<-pipe.Accepted)
			_, err = c.Write([]byte("~HS")) // before the mark: not counted
			require.NoError(t, err)
			done, err := 0, error(nil)
			for done < len(text) && err == nil {
				var k int
				k, err = c.Write([]byte(text[done:min(done+size, len(text))]))
				done += k
			}
			require.ErrorIs(t, err, linktest.ErrCut)
			assert.Equal(t, n, done)
			assert.Equal(t, "~HS"+text[:n], string(<-got))
		}
	}
}

func TestPipeRefuses(t *testing.T) {
	p := linktest.NewPipe(1)
	_, err := p.Open(t.Context())
	require.NoError(t, err)
	_, err = p.Open(t.Context())
	require.ErrorIs(t, err, linktest.ErrRefused)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err = p.Open(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

// TestRecordPlaysBack: what was recorded is a script that the same talk follows.
func TestRecordPlaysBack(t *testing.T) {
	pipe := linktest.NewPipe(1)
	rec := linktest.Record(pipe)
	c, err := rec.Open(t.Context())
	require.NoError(t, err)
	far := <-pipe.Accepted
	go func() {
		b := make([]byte, 3)
		_, _ = io.ReadFull(far, b)
		_, _ = far.Write([]byte("well"))
	}()
	_, err = c.Write([]byte("~HS"))
	require.NoError(t, err)
	b := make([]byte, 4)
	_, err = io.ReadFull(c, b)
	require.NoError(t, err)
	steps := rec.Steps()
	require.Equal(t, []linktest.Step{{Write: true, Data: "~HS"}, {Data: "well"}}, steps)

	p, err := linktest.NewPlayback(t, steps...).Open(t.Context())
	require.NoError(t, err)
	_, err = p.Write([]byte("~HS"))
	require.NoError(t, err)
	_, err = io.ReadFull(p, b)
	require.NoError(t, err)
	assert.Equal(t, "well", string(b))
	require.NoError(t, p.Close())
	_, err = p.Read(b)
	require.ErrorIs(t, err, io.EOF)
}

// TestPlaybackFailsOnLeftovers and on what is not in its script.
func TestPlaybackFailsOnLeftovers(t *testing.T) {
	f := &failing{TB: t}
	p := linktest.NewPlayback(f, linktest.Step{Write: true, Data: "~HS"})
	_, err := p.Write([]byte("~HI"))
	require.Error(t, err)
	for _, c := range f.cleanups {
		c()
	}
	assert.Equal(t, 2, f.errors, "the wrong write and the step left over")
}

// failing counts what would fail a test.
type failing struct {
	testing.TB
	errors   int
	cleanups []func()
}

func (f *failing) Errorf(string, ...any) { f.errors++ }
func (f *failing) Cleanup(c func())      { f.cleanups = append(f.cleanups, c) }
func (f *failing) Helper()               {}
