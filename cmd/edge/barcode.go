package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"dcedge/edge/agent"
	"dcedge/labels/reading"
)

type barcodeCmd struct {
	Codes   []string `arg:"" optional:"" name:"code" help:"Codes, as a scanner sends them."`
	As      string   `default:"auto" help:"How to read them: auto, scan, message, bracketed, digital-link, gtin, ean13, ean8, upca, upce, itf14, sscc, gln, waybill."`
	Carrier string   `help:"Whose number a waybill is: cj, hanjin, lotte, logen, koreapost, yamato, sagawa, japanpost, ups, fedex, usps, dhl, s10."`
	Config  string   `type:"path" help:"Configuration file, for the site's own number rules."`
	Batch   bool     `help:"Read questions from standard input, a JSON line each, and answer in order."`
}

// longestQuestion bounds a line of a batch, in bytes.
const longestQuestion = 1 << 20

// Run answers a JSON line for each code.
func (c *barcodeCmd) Run(s *std) error {
	var reader reading.Reader
	if c.Config != "" {
		cfg, err := load(c.Config, s)
		if err != nil {
			return err
		}
		forms, err := agent.LoadForms(cfg)
		if forms == nil {
			return err
		}
		reader.Rules = forms.Rules
	}
	out := bufio.NewWriter(s.out)
	answer := json.NewEncoder(out)
	answer.SetEscapeHTML(false)
	if c.Batch {
		return errors.Join(c.batch(s.in, &reader, answer), out.Flush())
	}
	if len(c.Codes) == 0 {
		return fmt.Errorf("%w: name a code, or --batch", errUse)
	}
	for _, code := range c.Codes {
		if err := answer.Encode(reader.Explain(reading.Input{Input: code, As: c.As, Carrier: c.Carrier})); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (c *barcodeCmd) batch(in io.Reader, reader *reading.Reader, answer *json.Encoder) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestQuestion)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		q := reading.Input{As: c.As, Carrier: c.Carrier}
		o := reading.Output{Error: &reading.Fault{Code: "malformed", Detail: "the line is no JSON question"}}
		if json.Unmarshal(lines.Bytes(), &q) == nil {
			o = reader.Explain(q)
		}
		if err := answer.Encode(o); err != nil {
			return err
		}
	}
	return lines.Err()
}
