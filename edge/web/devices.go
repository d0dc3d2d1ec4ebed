package web

import (
	"context"
	"errors"
	"net/http"

	"dcedge/edge"
	"dcedge/edge/board"
)

// Devices are the site's devices, as they are this moment.
type Devices interface {
	Devices() []board.Device
	// TestDevice has a device do something that a person beside it notices.
	// Errors: ErrNoDevice, *DeviceFault.
	TestDevice(ctx context.Context, name string) (DeviceTest, error)
}

// ErrNoDevice is returned for a device that is not configured.
var ErrNoDevice = errors.New("web: no such device")

// DeviceTest is what a tested device did.
type DeviceTest struct {
	Did    string `json:"did"`             // printed, beeped, blinked, fired, read
	Grams  string `json:"grams,omitempty"` // of a scale, decimal text
	Shows  string `json:"shows,omitempty"` // of a scale, as it shows it
	Detail string `json:"detail,omitempty"`
}

// DeviceFault says why a device could not be tested: a stable code, and what to
// do in English.
type DeviceFault struct{ Code, Detail string }

func (f *DeviceFault) Error() string { return f.Code + ": " + f.Detail }

func (c *call) testDevice() error {
	in, err := c.readWrite()
	if err != nil {
		return err
	}
	if c.s.deps.Devices == nil {
		return notFound()
	}
	ctx, cancel := c.context()
	defer cancel()
	name := c.r.PathValue("device")
	for _, d := range c.s.deps.Devices.Devices() {
		if d.Name != name {
			continue
		}
		if err := c.s.deps.Access.Audit(ctx, c.auditEntry("device.test", name, in.reason)); err != nil {
			return c.s.fromAccess(err)
		}
	}
	did, err := c.s.deps.Devices.TestDevice(ctx, name)
	if err != nil {
		return deviceProblem(err)
	}
	return c.answer(http.StatusOK, did)
}

// deviceProblem turns what a device did not do into a problem.
func deviceProblem(err error) error {
	var fault *DeviceFault
	switch {
	case errors.Is(err, ErrNoDevice):
		return notFound()
	case errors.As(err, &fault):
		return &problem{status: http.StatusConflict, code: fault.Code, detail: fault.Detail}
	}
	return err
}

func (c *call) devicez() error {
	list := []board.Device{}
	if c.s.deps.Devices != nil {
		list = c.s.deps.Devices.Devices()
	}
	return c.answer(http.StatusOK, listView{list})
}

// Shown tells the sockets of a worker what a device at their desk was answered
// for them, as if they had scanned it: verdict and screen.
func (s *Server) Shown(worker string, v edge.Verdict) {
	s.meter.verdict(v.Code)
	if s.hub.count(worker) == 0 {
		return
	}
	v.Screen = s.dress(v.Screen)
	s.hub.verdictOf(worker, v.Screen, s.appendVerdict(nil, &v))
}
