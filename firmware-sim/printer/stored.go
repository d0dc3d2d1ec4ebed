package printer

import (
	"slices"
	"strings"
)

// stored is a format that ^DF left on the printer.
type stored struct {
	commands []command
	flash    bool // on E:, so that it outlives a power cut
}

// value is what ^FN n stands for in a recalled format.
type value struct {
	data   []byte
	escape byte
}

// store keeps a format that has a ^DF, and says so.
func (s *settings) store(commands []command) bool {
	i := slices.IndexFunc(commands, func(c command) bool { return !c.tilde && c.name == "DF" })
	if i < 0 {
		return false
	}
	name, flash := fileName(commands[i].args)
	s.formats[name] = stored{commands: commands[i+1:], flash: flash}
	return true
}

// recall puts stored formats in the place of each ^XF and fills values. A name
// that is not stored adds nothing, as on the printer.
func (s *settings) recall(commands []command, values map[int]value) []command {
	var out []command
	recalled := false
	for _, c := range commands {
		if c.tilde || c.name != "XF" {
			out = append(out, c)
			continue
		}
		recalled = true
		name, _ := fileName(c.args)
		out = append(out, s.formats[name].commands...)
	}
	if recalled {
		fillIn(out, values)
	}
	return out
}

// fillIn takes the value of every field that has a number and data; the last one
// counts.
func fillIn(commands []command, values map[int]value) {
	n, escape := 0, byte(0)
	for _, c := range commands {
		switch c.name {
		case "FN":
			n = number(strings.Split(string(c.args), ","), 0, 0, 1, 9999)
		case "FH":
			escape = '_'
			if len(c.args) > 0 && c.args[0] > ' ' {
				escape = c.args[0]
			}
		case "FD", "FV":
			if n > 0 {
				values[n] = value{c.args, escape}
			}
		case "FS":
			n, escape = 0, 0
		}
	}
}

// fileName is a name without its drive and extension; flash says that the drive
// is E:.
func fileName(args []byte) (name string, flash bool) {
	name = strings.ToUpper(strings.TrimSpace(string(args)))
	if drive, rest, ok := strings.Cut(name, ":"); ok {
		name, flash = rest, drive == "E"
	}
	name, _, _ = strings.Cut(name, ".")
	return name, flash
}
