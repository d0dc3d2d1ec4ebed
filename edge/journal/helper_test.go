package journal_test

import (
	"fmt"
	"io"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"dcedge/edge/journal"
	"dcedge/edge/journal/journaltest"
)

const dir = "data/journal"

func options(fs journal.FS) journal.Options {
	return journal.Options{FS: fs, Dir: dir, SegmentBytes: 4 << 10, Inline: true,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), NewEpoch: func() string { return "01JTESTEPOCH" }}
}

func open(t testing.TB, fs journal.FS, change ...func(*journal.Options)) *journal.Log {
	t.Helper()
	o := options(fs)
	for _, c := range change {
		c(&o)
	}
	l, err := journal.Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() }) // a second Close is nothing; failed logs are let go
	return l
}

// message is the frames of one message.
type message []entry

type entry struct {
	kind journal.Kind
	line string
}

func batchOf(msgs ...message) *journal.Batch {
	var b journal.Batch
	for _, m := range msgs {
		for _, e := range m {
			b.Add(e.kind, []byte(e.line))
		}
		b.EndMessage()
	}
	return &b
}

// scan is a message as the engine writes it: an event and its outcome.
func scan(n int) message {
	return message{
		{journal.Event, fmt.Sprintf(`{"seq":%d,"type":"pick.confirmed","v":1}`, n)},
		{journal.Outcome, fmt.Sprintf(`{"id":"m-%d","ok":true}`, n)},
	}
}

func appendScans(t testing.TB, l *journal.Log, from, to int) {
	t.Helper()
	for n := from; n <= to; n++ {
		_, err := l.Append(batchOf(scan(n)))
		require.NoError(t, err)
	}
}

// frames reads everything a log shows.
func frames(l *journal.Log) ([]journal.Frame, error) {
	var all []journal.Frame
	err := l.ReadFrames(0, func(f journal.Frame) error {
		f.Line = append([]byte(nil), f.Line...)
		all = append(all, f)
		return nil
	})
	return all, err
}

func disk(seed uint64) *journaltest.Disk { return journaltest.New(seed) }
