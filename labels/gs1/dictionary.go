package gs1

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// FromDictionary reads a release of the GS1 Barcode Syntax Dictionary, so that a
// site can follow a new one without a build. Flags that are not known yet are
// ignored, as its description asks.
func FromDictionary(text string) (*Table, error) { return parseLines(text, parseDictionaryLine) }

func parseDictionaryLine(line string) (AI, string, error) {
	body, title, _ := strings.Cut(line, "#")
	f := strings.Fields(body)
	if len(f) < 2 {
		return AI{}, "", errors.New("want AIs and a specification")
	}
	ai := AI{Title: strings.TrimSpace(title)}
	span := f[0]
	f = f[1:]
	if strings.IndexByte("NXYZ[", f[0][0]) < 0 {
		ai.Fixed = strings.Contains(f[0], "*")
		ai.Attr = strings.Contains(f[0], "?")
		f = f[1:]
	}
	for _, tok := range f {
		key, value, isAttr := strings.Cut(tok, "=")
		switch {
		case tok == "dlpkey":
			ai.Key = true
		case isAttr && key == "dlpkey":
			ai.Key = true
			for alt := range strings.SplitSeq(value, "|") {
				ai.Paths = append(ai.Paths, strings.Split(alt, ","))
			}
		case isAttr && key == "req":
			ai.Needs = append(ai.Needs, groups(value, ","))
		case isAttr && key == "ex":
			ai.Bars = append(ai.Bars, strings.Split(value, ",")...)
		case strings.IndexByte("NXYZ[", tok[0]) >= 0:
			p, err := dictionaryPart(tok)
			if err != nil {
				return AI{}, "", err
			}
			ai.Parts = append(ai.Parts, p)
		}
	}
	if len(ai.Parts) == 0 {
		return AI{}, "", errors.New("no specification")
	}
	return ai, span, nil
}

func dictionaryPart(tok string) (Part, error) {
	names := strings.Split(tok, ",")
	spec := names[0]
	p := Part{Min: 1}
	if len(names) > 1 {
		p.Checks = names[1:]
	}
	if strings.HasPrefix(spec, "[") && strings.HasSuffix(spec, "]") {
		p.Optional, spec = true, spec[1:len(spec)-1]
	}
	if spec == "" {
		return p, fmt.Errorf("component %q", tok)
	}
	p.Set = spec[0] - 'A' + 'a'
	length, variable := strings.CutPrefix(spec[1:], "..")
	n, err := strconv.Atoi(length)
	if err != nil {
		return p, fmt.Errorf("component %q", tok)
	}
	p.Max = n
	if !variable {
		p.Min = n
	}
	return p, nil
}
