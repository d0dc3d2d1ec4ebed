package mqtt

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteACL writes the rights of a site's devices, and of the edge, as an acl_file
// of Mosquitto: an external broker has to hold what the embedded one holds by
// itself. edge is the user name of the edge at that broker. Each device connects
// by a user name that is its Client, else its Name.
func WriteACL(w io.Writer, site, edge string, devs []Device) error {
	if !isName(site) || !isName(edge) {
		return fmt.Errorf("mqtt: %w: site %q, edge %q", ErrTopic, site, edge)
	}
	if err := checkDevices(devs); err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# rights of site %s: one user for each connection\nuser %s\n", site, edge)
	fmt.Fprintf(&b, "topic write dc/%s/edge/+/%s\n", site, Online)
	users := map[string][]string{}
	for _, d := range devs {
		own := "dc/" + site + "/" + d.Class + "/" + d.Name + "/"
		for _, what := range []string{Read, State, Done, Weight, Pressed, Online} {
			if says(d.Class, what) {
				fmt.Fprintf(&b, "topic read %s%s\n", own, what)
				users[d.client()] = append(users[d.client()], "topic write "+own+what)
			}
		}
		for _, what := range []string{Verdict, Set, Cue} {
			if hears(d.Class, what) {
				fmt.Fprintf(&b, "topic write %s%s\n", own, what)
				users[d.client()] = append(users[d.client()], "topic read "+own+what)
			}
		}
	}
	names := make([]string, 0, len(users))
	for u := range users {
		names = append(names, u)
	}
	slices.Sort(names)
	for _, u := range names {
		fmt.Fprintf(&b, "\nuser %s\n%s\n", u, strings.Join(users[u], "\n"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
