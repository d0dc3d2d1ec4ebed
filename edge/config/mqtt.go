package config

import (
	"errors"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"

	"dcedge/devices/conveyor"
)

// mqtt checks the broker and who speaks at it.
func (d *decoder) mqtt(c *Config) {
	for i := range c.Devices {
		if x := &c.Devices[i]; !strings.HasPrefix(x.Link, "mqtt:") && (x.Client != "" || x.PasswordEnv != "") {
			d.fault("device["+strconv.Itoa(i)+"]", `client and passwordEnv are for link = "mqtt:" only`)
		}
	}
	m := c.MQTT
	if m == nil {
		return
	}
	if m.Broker == "" {
		m.Broker = "embedded"
	}
	if m.Embedded() {
		d.embedded(c)
		return
	}
	u, err := url.Parse(m.Broker)
	if err != nil || u.Scheme != "tcp" && u.Scheme != "tls" || u.Port() == "" || u.User != nil {
		d.fault("mqtt.broker", `wants "embedded", "tcp://host:1883" or "tls://host:8883"; user and passwordEnv stand beside it`)
	}
	for key, v := range map[string]string{"listen": m.Listen, "cert": m.Cert, "key": m.Key} {
		if v != "" {
			d.fault("mqtt."+key, `is for broker = "embedded" only`)
		}
	}
	if m.PasswordEnv != "" && m.User == "" {
		d.fault("mqtt.passwordEnv", "wants user = beside it")
	}
	if m.CA != "" {
		if _, err := os.Stat(m.CA); err != nil {
			d.fault("mqtt.ca", "cannot be read; name a file with the broker's certificate authority")
		}
	}
}

func (d *decoder) embedded(c *Config) {
	m := c.MQTT
	if _, _, err := net.SplitHostPort(m.Listen); err != nil {
		d.fault("mqtt.listen", `wants address and port, such as "127.0.0.1:1883"`)
		return
	}
	if m.Listen == c.HTTP.Listen && !strings.HasSuffix(m.Listen, ":0") {
		d.fault("mqtt.listen", "is that of [http] listen already")
	}
	for key, v := range map[string]string{"user": m.User, "passwordEnv": m.PasswordEnv, "ca": m.CA} {
		if v != "" {
			d.fault("mqtt."+key, "is for an external broker; a device's password is its own passwordEnv")
		}
	}
	if (m.Cert == "") != (m.Key == "") {
		d.fault("mqtt.cert", "wants cert = and key = together")
	}
	secrets := map[string]string{} // by client
	for i := range c.Devices {
		x := &c.Devices[i]
		if !strings.HasPrefix(x.Link, "mqtt:") {
			continue
		}
		at := "device[" + strconv.Itoa(i) + "]"
		if x.PasswordEnv == "" && !loopback(m.Listen) {
			d.fault(at, "wants passwordEnv =: [mqtt] listen is not loopback, and anybody could speak for it")
		}
		client := x.Client
		if client == "" {
			client = x.Name
		}
		if was, ok := secrets[client]; ok && was != x.PasswordEnv {
			d.fault(at+".passwordEnv", "client %s has another one at a device above", client)
		}
		secrets[client] = x.PasswordEnv
	}
}

// atBroker checks a device that speaks MQTT.
func (d *decoder) atBroker(c *Config, x *Device, u *url.URL) error {
	var faults []error
	if c.MQTT == nil {
		faults = append(faults, errors.New("wants [mqtt] with listen = or broker ="))
	}
	if len(x.Name) > 64 {
		faults = append(faults, errors.New("a device behind MQTT has a name of at most 64 letters"))
	}
	switch {
	case u.Opaque != "" || u.Host != "" || u.Path != "":
		faults = append(faults, errors.New(`is "mqtt:", with nothing behind it but options: the topic has the device's name`))
	case x.Driver == "photoeye":
		_, err := conveyor.EyeOptions(u.Query())
		faults = append(faults, err)
	case u.RawQuery != "":
		faults = append(faults, errors.New("only a photo-eye has options"))
	}
	return errors.Join(faults...)
}
