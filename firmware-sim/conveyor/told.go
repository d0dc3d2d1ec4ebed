package conveyor

import "encoding/json"

// commanded takes a command for a divert.
func (c *Conveyor) commanded(divert string, payload []byte) {
	var cmd Command
	if err := json.Unmarshal(payload, &cmd); err != nil || cmd.ID == "" {
		c.cfg.Log.Warn("command cannot be read", "divert", divert, "err", err)
		return
	}
	c.mu.Lock()
	dropped := c.belt.Command(divert, cmd)
	c.mu.Unlock()
	if dropped != "" {
		c.cfg.Log.Info("command dropped", "divert", divert, "why", dropped, "re", cmd.Re, "lane", cmd.Lane)
	}
}

// driven takes what the host does to an output.
func (c *Conveyor) driven(pin string, level bool) {
	for _, d := range c.cfg.Layout.Diverts {
		if d.Pin == pin {
			c.mu.Lock()
			c.belt.Drive(d.Name, level != d.Invert)
			c.mu.Unlock()
		}
	}
}

// Level is that of a pin of the line: what an output was driven to.
func (c *Conveyor) Level(pin string) bool { return c.pins != nil && c.pins.Level(pin) }
