package link

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.bug.st/serial"
)

// flow says who may hold whom on a serial line.
type flow uint8

const (
	flowNone flow = iota
	flowHardware
	flowSoftware
)

// speeds are those that devices have. A line takes nearly any other too, and then
// everything that comes is noise.
var speeds = []int{300, 600, 1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 76800, 115200, 128000, 230400, 250000, 256000, 460800, 500000, 921600, 1000000}

// query reads the options of a URL and collects every fault.
type query struct {
	values url.Values
	known  []string
	faults []error
}

func newQuery(u *url.URL) *query {
	v, err := url.ParseQuery(u.RawQuery)
	q := &query{values: v}
	if err != nil {
		q.fault("options cannot be read: %v", err)
	}
	return q
}

func (q *query) fault(format string, args ...any) {
	q.faults = append(q.faults, fmt.Errorf("%w: "+format, append([]any{ErrURL}, args...)...))
}

// take gives the value of an option, or def where it is not there.
func (q *query) take(key, def string) string {
	q.known = append(q.known, key)
	switch v := q.values[key]; len(v) {
	case 0:
		return def
	case 1:
		return v[0]
	default:
		q.fault("%s is given %d times", key, len(v))
		return v[0]
	}
}

// choose gives which of the words an option holds; the first is the default.
func (q *query) choose(key string, words ...string) int {
	v := q.take(key, words[0])
	i := slices.Index(words, v)
	if i < 0 {
		q.fault("%s is %q, wants %s", key, v, strings.Join(words, ", "))
		return 0
	}
	return i
}

// end checks that nothing is left over and gives every fault at once.
func (q *query) end() error {
	var left []string
	for k := range q.values {
		if !slices.Contains(q.known, k) {
			left = append(left, k)
		}
	}
	slices.Sort(left)
	for _, k := range left {
		q.fault("%q is not known (%s)", k, strings.Join(q.known, ", "))
	}
	return errors.Join(q.faults...)
}

func newSerial(u *url.URL, o Options) (*serialLink, error) {
	q := newQuery(u)
	if u.Host != "" {
		q.fault("serial wants three slashes, as in serial:///dev/ttyUSB0, not %q", u.Redacted())
	} else if !path.IsAbs(u.Path) || strings.HasSuffix(u.Path, "/") {
		q.fault("serial wants the absolute path of a line, not %q", u.Path)
	}
	if u.User != nil || u.Fragment != "" {
		q.fault("serial takes a path and options only")
	}
	l := &serialLink{device: o.Device, path: u.Path, timeout: o.DialTimeout}
	baud, err := strconv.Atoi(q.take("baud", "9600"))
	if err != nil || !slices.Contains(speeds, baud) {
		q.fault("baud is %q, wants one of %s", q.values.Get("baud"), strings.Trim(fmt.Sprint(speeds), "[]"))
	}
	l.mode = serial.Mode{
		BaudRate: baud,
		DataBits: 8 - q.choose("bits", "8", "7", "6", "5"),
		Parity: []serial.Parity{serial.NoParity, serial.EvenParity, serial.OddParity, serial.MarkParity,
			serial.SpaceParity}[q.choose("parity", "none", "even", "odd", "mark", "space")],
		StopBits: []serial.StopBits{serial.OneStopBit, serial.TwoStopBits, serial.OnePointFiveStopBits}[q.choose("stop", "1", "2", "1.5")],
	}
	l.flow = flow(q.choose("flow", "none", "rtscts", "xonxoff"))
	if err := q.end(); err != nil {
		return nil, badURL(o.Device, err)
	}
	return l, nil
}
