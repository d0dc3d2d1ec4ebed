package edge

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Type is an event's type (sync contract, section 1).
type Type string

// MaxLine bounds an event's line, in bytes.
const MaxLine = 64 << 10

// TimeLayout is RFC 3339 with milliseconds and offset, as on every wire.
const TimeLayout = "2006-01-02T15:04:05.000Z07:00"

// ErrEvent is returned when a line is no event of a known type and version.
var ErrEvent = errors.New("edge: not a known event")

// Event is a fact of the floor. Its line is written once and never changed.
type Event struct {
	Seq      uint64
	At       time.Time // edge time, never goes back
	Type     Type
	V        int // version of Data, from 1; 0 is written as 1
	Scan     ID  // the message whose decision caused it; zero for others
	Device   string
	Worker   string
	Client   string
	Order    string
	DeviceAt time.Time // only where the device's clock said something else
	Practice bool      // no goods moved: somebody practised
	Manual   bool      // done by paper, entered afterwards
	Data     Data      // a pointer to one of the data types of this package
}

// Data is what an event says beyond its head; AppendJSON appends the JSON
// object. It allocates nothing but the growth of b.
type Data interface{ AppendJSON(b []byte) []byte }

// AppendLine appends the event's line, without a newline.
func (e *Event) AppendLine(b []byte) []byte {
	w := writer{b: append(b, '{'), first: true}
	w.uint("seq", e.Seq)
	w.time("at", e.At)
	w.str("type", string(e.Type))
	w.int("v", max(e.V, 1))
	if !e.Scan.IsZero() {
		w.key("scan")
		w.b = append(w.b, '"')
		w.b = e.Scan.AppendText(w.b)
		w.b = append(w.b, '"')
	}
	w.str("device", e.Device)
	w.str("worker", e.Worker)
	w.str("client", e.Client)
	w.str("order", e.Order)
	w.time("deviceAt", e.DeviceAt)
	w.yes("practice", e.Practice)
	w.yes("manual", e.Manual)
	w.key("data")
	if e.Data == nil {
		w.b = append(w.b, '{', '}')
	} else {
		w.b = e.Data.AppendJSON(w.b)
	}
	return append(w.b, '}')
}

type eventHead struct {
	Seq      uint64          `json:"seq"`
	At       time.Time       `json:"at"`
	Type     Type            `json:"type"`
	V        int             `json:"v"`
	Scan     string          `json:"scan"`
	Device   string          `json:"device"`
	Worker   string          `json:"worker"`
	Client   string          `json:"client"`
	Order    string          `json:"order"`
	DeviceAt time.Time       `json:"deviceAt"`
	Practice bool            `json:"practice"`
	Manual   bool            `json:"manual"`
	Data     json.RawMessage `json:"data"`
}

// ParseEvent reads a line back. Data is a pointer to the type's struct.
// ErrEvent: an unknown type, a newer version, or no event at all.
func ParseEvent(line []byte) (Event, error) {
	if h, ok := readHead(line); ok {
		if e, err := h.event(); err == nil {
			return e, nil
		}
	}
	var h eventHead
	if err := json.Unmarshal(line, &h); err != nil {
		return Event{}, fmt.Errorf("%w: %w", ErrEvent, err)
	}
	return h.event()
}

func (h *eventHead) event() (Event, error) {
	d := NewData(h.Type)
	if d == nil || h.V != 1 {
		return Event{}, fmt.Errorf("%w: type %q version %d", ErrEvent, h.Type, h.V)
	}
	if len(h.Data) > 0 {
		if err := json.Unmarshal(h.Data, d); err != nil {
			return Event{}, fmt.Errorf("%w: data of %s: %w", ErrEvent, h.Type, err)
		}
	}
	e := Event{Seq: h.Seq, At: h.At, Type: h.Type, V: h.V, Device: h.Device, Worker: h.Worker,
		Client: h.Client, Order: h.Order, DeviceAt: h.DeviceAt, Practice: h.Practice, Manual: h.Manual, Data: d}
	if h.Scan != "" {
		id, err := ParseID(h.Scan)
		if err != nil {
			return Event{}, fmt.Errorf("%w: scan: %w", ErrEvent, err)
		}
		e.Scan = id
	}
	return e, nil
}
