package mqtt

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"dcedge/devices"
)

// The bounds of an Inbox.
const (
	maxDurable = 1024 // durable messages that wait, of all devices
	maxStates  = 64   // sensor states that wait, of each device

	// mostDurable is how many durable messages a second one device may have stored;
	// more than any tunnel reads. One that invents ids would fill the journal, and
	// stand before the reads of all others. The embedded broker lets it wait; another
	// broker's messages are all stored, as nothing is acknowledged that is not.
	mostDurable = 250
)

// Received is a message in the consumer's hands. Exactly one of Ack and Fail is
// to be called for a durable one; for others both do nothing.
type Received struct {
	Message
	in *Inbox
}

// Ack says that the event of this message is on disk: it is acknowledged on the
// wire. It does not block.
func (r Received) Ack() { r.in.settle(&r.Message, true) }

// Fail says that it is not: it stays unacknowledged and comes again.
func (r Received) Fail() { r.in.settle(&r.Message, false) }

// taken is what became of a message.
type taken uint8

const (
	left   taken = iota // left out: acknowledge it, nothing follows
	queued              // durable: the settle function will be called, from any goroutine
	stated              // a state: acknowledge it
	full                // durable, and no room: nothing was kept of it
	early               // durable, and more than its device can have to say: nor was of this
)

// inHand is a message that waits for its end. Another code under the same id is
// another message: whoever decides refuses it.
type inHand struct{ device, id, says string }

func handOf(m *Message) inHand { return inHand{m.Device, m.ID, m.Symbology + m.Code} }

// Inbox takes what devices send from a broker or a client, checks it, and hands
// it over in the order of its worth.
type Inbox struct {
	site string
	log  *slog.Logger
	devs map[string]*member

	paces bool // one device can wait alone: messages come by the embedded broker

	mu      sync.Mutex
	durable []Message
	hand    map[inHand][]func(ok bool) // who waits for the end of a message
	states  []*member                  // devices with states that wait, each once, oldest first
	ready   chan struct{}              // one token: look again
	refused map[string]uint64          // by code, also of strangers
}

type member struct {
	Device
	mon    *devices.Monitor
	states []Message
	missed int

	stored  devices.Rate // of its durable messages
	rate    devices.Rate // of its states
	flooded time.Time    // when it did so last
	told    time.Time    // when that was told last
}

// NewInbox makes the inbox of a site's devices. All faults of the devices are
// told at once. log may be nil.
func NewInbox(site string, devs []Device, log *slog.Logger) (*Inbox, error) {
	if !isName(site) {
		return nil, fmt.Errorf("mqtt: %w: site %q", ErrTopic, site)
	}
	if err := checkDevices(devs); err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	in := &Inbox{site: site, log: log, devs: map[string]*member{}, hand: map[inHand][]func(bool){},
		ready: make(chan struct{}, 1), refused: map[string]uint64{}}
	for _, d := range devs {
		in.devs[d.Name] = &member{Device: d, mon: devices.NewMonitor(devices.Info{Name: d.Name, Class: d.Class, Driver: "mqtt"}),
			rate: devices.Rate{Most: d.Most}, stored: devices.Rate{Most: mostDurable}}
	}
	return in, nil
}

// Next gives the next message, durable ones first, then states of one device
// after the other. The only error is ctx's, also while more waits: who floods does
// not hold up the end.
func (in *Inbox) Next(ctx context.Context) (Received, error) {
	for {
		if err := ctx.Err(); err != nil {
			return Received{}, err
		}
		if m, ok := in.pop(); ok {
			return Received{m, in}, nil
		}
		select {
		case <-ctx.Done():
			return Received{}, ctx.Err()
		case <-in.ready:
		}
	}
}

func (in *Inbox) pop() (Message, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	var m Message
	switch {
	case len(in.durable) > 0:
		m, in.durable = in.durable[0], in.durable[1:]
	case len(in.states) > 0:
		d := in.states[0]
		in.states = in.states[1:]
		m, d.states = d.states[0], d.states[1:]
		m.Missed, d.missed = d.missed, 0
		if len(d.states) > 0 {
			in.states = append(in.states, d)
		}
	default:
		return m, false
	}
	if len(in.durable)+len(in.states) > 0 {
		in.wake()
	}
	return m, true
}

func (in *Inbox) wake() {
	select {
	case in.ready <- struct{}{}:
	default:
	}
}

// Statuses tells of every device, by name.
func (in *Inbox) Statuses() []devices.Status {
	out := make([]devices.Status, 0, len(in.devs))
	for _, d := range in.devs {
		out = append(out, d.mon.Status())
	}
	slices.SortFunc(out, func(a, b devices.Status) int { return cmpText(a.Name, b.Name) })
	return out
}

// Status tells of one device; false: there is none of this name.
func (in *Inbox) Status(name string) (devices.Status, bool) {
	d := in.devs[name]
	if d == nil {
		return devices.Status{}, false
	}
	return d.mon.Status(), true
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Refused counts what was left out, by code: topic, rights, retained, malformed.
func (in *Inbox) Refused() map[string]uint64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	out := make(map[string]uint64, len(in.refused))
	for k, n := range in.refused {
		out[k] = n
	}
	return out
}

// take checks one message and keeps it. reply, where it is not nil, is to be
// published: it is the verdict on a read that nobody can use. settle is called
// exactly once if the answer is queued, never otherwise.
func (in *Inbox) take(name string, payload []byte, retained bool, settle func(ok bool)) (what taken, reply *Command) {
	t, err := parseTopic(name)
	d := in.devs[t.device]
	if err != nil || d == nil || t.site != in.site || t.class != d.Class || !says(t.class, t.what) {
		return in.refuse(d, CodeTopic, name), nil
	}
	d.mon.Took(len(payload))
	if t.what == State && in.floods(d) {
		d.mon.Junked(1)
		return stated, nil
	}
	if retained && t.what != Online {
		return in.refuse(d, CodeRetained, name), nil
	}
	m, err := decode(t.what, payload)
	if err != nil {
		if t.what == Read && m.ID != "" {
			c := VerdictTo(d.Name, VerdictBody{ID: m.ID, Code: CodeMalformed})
			reply = &c
		}
		return in.refuse(d, CodeMalformed, name), reply
	}
	m.Device, m.Class, m.Came, m.Raw = d.Name, d.Class, time.Now(), payload
	if m.What == Online {
		if m.Online && in.calming(d) {
			return stated, nil
		}
		in.online(d, m.Online, "the device says or its last will says that it is offline", seeToDevice)
	}
	return in.keep(d, m, settle), nil
}

func (in *Inbox) keep(d *member, m Message, settle func(bool)) taken {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !m.Durable() {
		if len(d.states) == maxStates {
			d.states = d.states[1:]
			d.missed++
			d.mon.Junked(1)
		}
		if len(d.states) == 0 {
			in.states = append(in.states, d)
		}
		d.states = append(d.states, m)
		in.wake()
		return stated
	}
	key := handOf(&m)
	if waits, ok := in.hand[key]; ok {
		in.hand[key] = append(waits, settle)
		d.mon.Repeated()
		return queued
	}
	switch {
	case len(in.durable) >= maxDurable:
		return full
	case in.paces && d.stored.Over(1, m.Came):
		d.mon.Note(&devices.Fault{Device: d.Name, Op: "receive", Class: devices.Corrupt, Err: devices.ErrFlood,
			Hint: "switch it off and on; if it stays, see who else speaks in its name at the broker"})
		return early
	}
	in.hand[key] = []func(bool){settle}
	in.durable = append(in.durable, m)
	in.wake()
	return queued
}

func (in *Inbox) settle(m *Message, ok bool) {
	if !m.Durable() {
		return
	}
	key := handOf(m)
	in.mu.Lock()
	waits := in.hand[key]
	delete(in.hand, key)
	in.mu.Unlock()
	if ok && len(waits) > 0 {
		in.devs[m.Device].mon.Stored()
	}
	for _, w := range waits {
		w(ok)
	}
}

func (in *Inbox) refuse(d *member, code, topic string) taken {
	in.mu.Lock()
	in.refused[code]++
	n := in.refused[code]
	in.mu.Unlock()
	if d != nil {
		d.mon.Junked(1)
		d.mon.Note(&devices.Fault{Device: d.Name, Op: "receive", Class: devices.Corrupt,
			Hint: "correct what the device publishes on " + topic, Err: fmt.Errorf("mqtt: left out: %s", code)})
	}
	if n&(n-1) == 0 { // the 1st, 2nd, 4th, 8th: a flood does not fill the log
		in.log.Warn("mqtt message left out", "code", code, "topic", topic[:min(len(topic), 200)], "count", n)
	}
	return left
}

// Hints for a device that is away: its own fault, or that of the way to all.
const (
	seeToDevice = "check the device's power and network"
	seeToBroker = "first see to the broker"
)

// online notes that a device came or went, and why.
func (in *Inbox) online(d *member, is bool, why, hint string) {
	if is {
		d.mon.Set(nil, devices.Ready, "", "")
		return
	}
	d.mon.Set(nil, devices.Offline, why, hint)
}

// allOffline notes that no device can be reached, and tells whoever reads Next.
func (in *Inbox) allOffline(why string) {
	for _, d := range in.devs {
		in.gone(d, why, seeToBroker)
	}
}

// awaited notes that the way to all is open again: who stays away now does so by
// himself, for a reason that is not known, and nobody is to look at the broker.
func (in *Inbox) awaited() {
	for _, d := range in.devs {
		if d.mon.Status().Condition == devices.Offline {
			in.online(d, false, "", "")
		}
	}
}

// gone notes that the connection of a device ended, and hands that over as the
// device's own word would be. One that was away already has a reason more: a broker
// that is ended sends every last will before it hangs up.
func (in *Inbox) gone(d *member, why, hint string) {
	was := d.mon.Status().Condition
	in.online(d, false, why, hint)
	if was != devices.Offline {
		in.keep(d, Message{Device: d.Name, Class: d.Class, What: Online, Came: time.Now()}, nil)
	}
}

// gave counts a command that left.
func (in *Inbox) gave(c Command) {
	if d := in.devs[c.Device]; d != nil {
		d.mon.Gave(len(c.Payload))
	}
}
