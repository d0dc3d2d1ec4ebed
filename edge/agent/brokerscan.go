package agent

import (
	"context"
	"log/slog"

	"dcedge/devices"
	"dcedge/devices/mqtt"
	"dcedge/edge"
	"dcedge/edge/belt"
)

// brokerScans is how many reads of a scanner behind the broker wait.
const brokerScans = 16

// brokerScanner is a fixed scanner behind the broker, at a desk or at the end of
// a belt: each read is answered by its id, and acknowledged after the commit.
type brokerScanner struct {
	device string
	decide func(ctx context.Context, m *mqtt.Message) (edge.Verdict, error)
	wire   belt.Wire
	in     chan belt.Delivery
	log    *slog.Logger
}

func newBrokerScanner(device string, wire belt.Wire, log *slog.Logger, decide func(context.Context, *mqtt.Message) (edge.Verdict, error)) *brokerScanner {
	return &brokerScanner{device: device, decide: decide, wire: wire, in: make(chan belt.Delivery, brokerScans), log: log}
}

// take waits for room.
func (s *brokerScanner) take(ctx context.Context, d belt.Delivery) {
	if d.What != mqtt.Read {
		return // it came or went: the inbox keeps that
	}
	select {
	case s.in <- d:
	case <-ctx.Done():
		d.Fail()
	}
}

// Run answers until ctx ends.
func (s *brokerScanner) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			for {
				select {
				case d := <-s.in:
					d.Fail()
				default:
					return nil
				}
			}
		case d := <-s.in:
			s.one(ctx, d)
		}
	}
}

func (s *brokerScanner) one(ctx context.Context, d belt.Delivery) {
	v, err := s.decide(ctx, &d.Message)
	if err != nil {
		s.log.Warn("read without an answer; the scanner sends it again", "err", err)
		d.Fail()
		return
	}
	b := mqtt.VerdictBody{ID: d.ID, OK: v.OK, Code: string(v.Code), Epoch: v.Receipt.Epoch, Seq: v.Receipt.Seq}
	if a := edge.ParcelAnswerOf(&v); a.Lane != "" {
		b.Lane = a.Lane
	}
	if err := s.wire.Send(mqtt.VerdictTo(s.device, b)); err != nil {
		s.log.Debug("scanner was not answered", "err", err) // it sends the read again
	}
	d.Ack()
}

// readingOf is a read of a scanner behind the broker as one of a wire.
func readingOf(m *mqtt.Message) devices.Reading {
	return devices.Reading{Device: m.Device, ID: m.ID, At: m.Came, Raw: m.Raw, Code: m.Code, Symbology: m.Symbology, NoRead: m.NoRead}
}
