package link

import (
	"fmt"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/host/v3"
)

// hostPin finds a pin of this machine. host.Init gives no error where there is
// no GPIO at all (its drivers are merely skipped), so the pin is what counts.
func hostPin(name string) (gpio.PinIO, error) {
	if _, err := host.Init(); err != nil {
		return nil, fmt.Errorf("link: gpio: %w", err)
	}
	p := gpioreg.ByName(name)
	if p == nil {
		return nil, fmt.Errorf("link: gpio: this machine has no pin %q (it has %d pins)", name, len(gpioreg.All()))
	}
	return p, nil
}
