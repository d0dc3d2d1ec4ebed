package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"dcedge/edge/agent"
	"dcedge/labels/reading"
	"dcedge/labels/waybill"
)

type barcodeCmd struct {
	Codes   []string `arg:"" optional:"" name:"code" help:"Codes, as a scanner sends them."`
	As      string   `default:"auto" enum:"auto,scan,message,bracketed,digital-link,gtin,ean13,ean8,upca,upce,itf14,sscc,gln,waybill" help:"How to read them: ${enum}."`
	Carrier string   `help:"Whose number a waybill is: cj, hanjin, lotte, logen, koreapost, yamato, sagawa, japanpost, ups, fedex, usps, dhl, s10, and others that have rules."`
	With    string   `help:"Another code of the same item, scanned before: the answer is for both together."`
	Config  string   `type:"path" help:"Configuration file, for the site's own number rules."`
	Batch   bool     `help:"Read questions from standard input, a JSON line each ({\"input\":\"…\",\"as\":\"…\",\"carrier\":\"…\"}), and answer in order. A code that is refused is an answer, no fault of the batch."`
}

// longestQuestion bounds a line of a batch, in bytes; a longer one is refused and
// passed over.
const longestQuestion = 1 << 20

// Run answers a JSON line for each code. Codes that are refused are faults found
// (exit code 1) where they were named on the command line.
func (c *barcodeCmd) Run(s *std) error {
	reader := reading.Reader{Rules: waybill.Standard(), Now: time.Now()}
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
	switch {
	case c.Carrier != "" && !reader.Rules.Known(c.Carrier):
		return fmt.Errorf("%w: no rules for the carrier %q; there are those of %s", errUse, c.Carrier, strings.Join(reader.Rules.Carriers(), ", "))
	case c.As == "waybill" && c.Carrier == "" && !c.Batch:
		return fmt.Errorf("%w: --as waybill wants --carrier: a number does not tell whose it is", errUse)
	case len(c.Codes) == 0 && !c.Batch:
		return fmt.Errorf("%w: name a code, or --batch", errUse)
	case len(c.Codes) > 0 && c.Batch:
		return fmt.Errorf("%w: codes are named, or read with --batch, not both", errUse)
	}
	out := bufio.NewWriter(s.out)
	answer := json.NewEncoder(out)
	answer.SetEscapeHTML(false)
	if c.Batch {
		return errors.Join(c.batch(s.in, &reader, answer), out.Flush())
	}
	var found error
	for _, code := range c.Codes {
		o := reader.Explain(reading.Input{Input: code, As: c.As, Carrier: c.Carrier, With: c.With})
		if !o.OK {
			found = errSaid
		}
		if err := answer.Encode(o); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return found
}

func (c *barcodeCmd) batch(in io.Reader, reader *reading.Reader, answer *json.Encoder) error {
	lines := bufio.NewReaderSize(in, longestQuestion)
	for {
		line, err := lines.ReadSlice('\n')
		long := errors.Is(err, bufio.ErrBufferFull)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = lines.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return err
		}
		if err == io.EOF && len(line) == 0 && !long {
			return nil
		}
		// Each line has its answer, an empty one too: they are paired by their order.
		if errAnswer := answer.Encode(c.answer(bytes.TrimSpace(line), long, reader)); errAnswer != nil {
			return errAnswer
		}
		if err == io.EOF {
			return nil
		}
	}
}

func (c *barcodeCmd) answer(line []byte, long bool, reader *reading.Reader) reading.Output {
	refuse := func(code, detail string) reading.Output {
		return reading.Output{Error: &reading.Fault{Code: code, Detail: detail}}
	}
	if long {
		return refuse(reading.CodeLarge, "the line is longer than any question")
	}
	q := reading.Input{As: c.As, Carrier: c.Carrier}
	var members map[string]json.RawMessage
	switch {
	case len(line) == 0:
		return refuse(codeMalformed, "the line is empty")
	case json.Unmarshal(line, &members) != nil || members == nil:
		return refuse(codeMalformed, "the line is no JSON question")
	case json.Unmarshal(line, &q) != nil:
		return refuse(codeMalformed, "a member of the question is of another type")
	}
	if _, asked := members["input"]; !asked {
		return refuse(codeMalformed, "the member input is missing: want input, and as, carrier, with where they are needed")
	}
	if q.Carrier != "" && !reader.Rules.Known(q.Carrier) {
		o := refuse(reading.CodeCarrier, "no rules for this carrier")
		o.Input = q.Input
		return o
	}
	return reader.Explain(q)
}

// codeMalformed is the fault of a line that is no question.
const codeMalformed = "malformed"
