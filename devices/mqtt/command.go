package mqtt

import (
	"encoding/json"
	"time"
)

// Command is one thing that a device is told. It is never retained.
type Command struct {
	Device, Class, What string
	Payload             []byte
}

// VerdictBody answers one read of a scanner and names it. A scanner keeps a read
// and sends it again until a verdict names its id.
type VerdictBody struct {
	ID    string `json:"id"`
	OK    bool   `json:"ok"`
	Code  string `json:"code"`
	Lane  string `json:"lane,omitempty"`
	Epoch string `json:"epoch,omitempty"`
	Seq   uint64 `json:"seq,omitempty"`
}

// DivertBody sends the box of one read (Re) into a lane. A divert drops one that
// is not for the parcel in front of it.
type DivertBody struct {
	ID   string `json:"id"`
	Re   string `json:"re"`
	Box  string `json:"box"`
	Lane string `json:"lane"`
}

// StackLightBody sets a stack light.
type StackLightBody struct {
	ID     string `json:"id"`
	Colour string `json:"colour"`
	Reason string `json:"reason"`
}

// LightBody sets a put or pick light; quantity 0 puts it out.
type LightBody struct {
	ID       string `json:"id"`
	Quantity int    `json:"quantity"`
	Colour   string `json:"colour"`
}

// CueBody marks a moment for a camera; no picture comes to the edge.
type CueBody struct {
	ID  string    `json:"id"`
	Box string    `json:"box"`
	At  time.Time `json:"at"`
	Cue string    `json:"cue"` // start | stop
}

// VerdictTo answers a scanner.
func VerdictTo(device string, b VerdictBody) Command { return command(device, Scanner, Verdict, b) }

// DivertTo commands a divert.
func DivertTo(device string, b DivertBody) Command { return command(device, Divert, Set, b) }

// StackLightTo sets a stack light.
func StackLightTo(device string, b StackLightBody) Command {
	return command(device, StackLight, Set, b)
}

// LightTo sets a light.
func LightTo(device string, b LightBody) Command { return command(device, Light, Set, b) }

// CueTo cues a camera.
func CueTo(device string, b CueBody) Command { return command(device, Camera, Cue, b) }

func command[B VerdictBody | DivertBody | StackLightBody | LightBody | CueBody](device, class, what string, b B) Command {
	payload, err := json.Marshal(b)
	if err != nil {
		payload = nil // a year beyond 9999 in a cue: topic refuses what has no payload
	}
	return Command{Device: device, Class: class, What: what, Payload: payload}
}

// topic checks the command before it is published: a broker may cut a client off
// for a topic that it does not like, again and again.
func (c Command) topic(site string) (string, error) {
	if !isName(c.Device) || !hears(c.Class, c.What) || len(c.Payload) == 0 {
		return "", ErrTopic
	}
	return topic{site, c.Class, c.Device, c.What}.String(), nil
}
