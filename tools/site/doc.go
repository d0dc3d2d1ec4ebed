// Command site starts a whole simulated distribution centre on loopback for
// `make run`: the edge, printers and a crew played by bin/firmware-sim, a day of
// orders, and a puller. When a day is on its trucks the next one comes. Where returns
// desks and hospital are worked it is the WMS's customers too, who send things back
// and change their minds when the box has just left the desk. What it keeps lies in run/: keys and the lead's PIN drawn
// at random for this site, the edge's data, what was pulled, logs. Started
// again it goes on where it was; delete run/ for a new site.
//
// It uses the built programs in bin/ as a person would, and nothing of the
// house's packages.
package main
