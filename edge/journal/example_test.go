package journal_test

import (
	"fmt"
	"log/slog"

	"dcedge/edge/journal"
	"dcedge/edge/journal/journaltest"
)

// One message, its events and its verdict, on disk with one flush; then read as
// a pull does.
func Example() {
	log, err := journal.Open(journal.Options{
		FS: journaltest.New(1), Dir: "journal", Logger: slog.New(slog.DiscardHandler), SegmentBytes: 1 << 20,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = log.Close() }()
	var b journal.Batch
	b.Event([]byte(`{"seq":1,"type":"pick.confirmed"}`))
	b.Outcome([]byte(`{"id":"m-1","ok":true,"receipt":1}`))
	b.EndMessage()
	place, err := log.Append(&b)
	if err != nil {
		fmt.Println(err)
		return
	}
	events, err := log.ReadEvents(0, 1000, 4<<20, nil)
	fmt.Printf("frame %d, event %d, %v\n%s", place.Pos, place.Seq, err, events.Lines)
	// Output:
	// frame 2, event 1, <nil>
	// {"seq":1,"type":"pick.confirmed"}
}
