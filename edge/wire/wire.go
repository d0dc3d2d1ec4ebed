package wire

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	v1 "github.com/go-json-experiment/json/v1"

	"dcedge/edge"
)

// Writer encodes values as encoding/json does, but for times: each is written in
// edge.TimeLayout and in the site's zone, whatever struct it stands in. What keeps the state
// and what leaves it may so be one struct.
type Writer struct{ options json.Options }

// In makes the writer of a site's zone. It is made once: it remembers what it learns of
// the types that it writes.
func In(zone *time.Location) Writer {
	times := json.MarshalToFunc(func(to *jsontext.Encoder, t time.Time) error {
		if t = t.In(zone); t.Year() < 0 || t.Year() > 9999 {
			return fmt.Errorf("wire: the year %d is none of RFC 3339", t.Year())
		}
		b := append(to.AvailableBuffer(), '"')
		return to.WriteValue(append(edge.AppendTime(b, t), '"'))
	})
	return Writer{json.JoinOptions(v1.DefaultOptionsV1(), json.WithMarshalers(times))}
}

// JSON encodes a value.
func (w Writer) JSON(v any) ([]byte, error) { return json.Marshal(v, w.options) }
