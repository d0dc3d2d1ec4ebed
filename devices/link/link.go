package link

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"dcedge/devices"
)

// ErrURL is returned when a link's URL cannot be used as it is written.
var ErrURL = errors.New("link: bad URL")

// Options of a link; zero values take the defaults.
type Options struct {
	Device      string        // name of the device, for faults; required
	DialTimeout time.Duration // default 3 s
	KeepAlive   time.Duration // idle time before the first probe, default 5 s
	Resolver    *net.Resolver // of host names; nil: the system's
	Changes     int           // of a pin in a second, more of which are a flood; default 200
}

// mostChanges of a pin in a second are more than parcels before an eye can make.
const mostChanges = 200

// New makes the opener for a link's URL, e.g. "tcp://10.0.0.21:9100".
// Errors wrap ErrURL inside a permanent *devices.Fault.
func New(rawURL string, o Options) (devices.Opener, error) {
	u, o, err := parse(rawURL, o)
	if err != nil {
		return nil, err
	}
	switch u.Scheme {
	case "tcp":
		return newTCP(u, o)
	case "serial":
		return newSerial(u, o)
	case "gpio", "gpio+sim":
		return nil, badURL(o.Device, fmt.Errorf("%w: %s is a pin, which this driver cannot use", ErrURL, u.Scheme))
	default:
		return nil, badURL(o.Device, fmt.Errorf("%w: scheme %q is not known (tcp, serial)", ErrURL, u.Scheme))
	}
}

// parse fills in the defaults and takes the URL apart.
func parse(rawURL string, o Options) (*url.URL, Options, error) {
	if o.Device == "" {
		return nil, o, fmt.Errorf("%w: device name missing", ErrURL)
	}
	if o.DialTimeout <= 0 {
		o.DialTimeout = 3 * time.Second
	}
	if o.Changes <= 0 {
		o.Changes = mostChanges
	}
	if o.KeepAlive <= 0 {
		o.KeepAlive = 5 * time.Second
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, o, badURL(o.Device, fmt.Errorf("%w: %w", ErrURL, err))
	}
	return u, o, nil
}

func badURL(device string, err error) error {
	return &devices.Fault{Device: device, Op: "link", Class: devices.Permanent,
		Hint: "correct `link` of this device in the configuration", Err: err}
}
