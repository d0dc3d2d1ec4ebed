package mqtt

import "context"

// Line is a way to the devices: the embedded broker or the client of another
// one. What comes in goes to its Inbox.
type Line interface {
	// Run keeps the way open until ctx ends (nil) or it is lost (*devices.Fault);
	// it never retries by itself.
	Run(ctx context.Context) error
	// Send hands a command over, at most once. It does not block on a wire.
	// ErrNotConnected, ErrBusy, ErrTopic.
	Send(c Command) error
	// Connected tells whether the way is open now.
	Connected() bool
}

var (
	_ Line = (*Broker)(nil)
	_ Line = (*Client)(nil)
)
