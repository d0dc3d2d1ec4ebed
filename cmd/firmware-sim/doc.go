// Command firmware-sim plays the devices and the people of a warehouse on
// loopback: label printers, scanners, scales, a sorting line and its lamps, and a
// crew that works through the floor contract. Each can be played alone, with a
// fault script; "firmware-sim COMMAND --help" says how.
//
//	firmware-sim floor --config configs/demo.toml --seed 1 --speed 10
//	firmware-sim printer --listen 127.0.0.1:9100
//	firmware-sim scanner --at pty:/tmp/tty-scan --codes -
//	firmware-sim scale --at pty:/tmp/tty-scale --loads -
//	firmware-sim conveyor --at tcp://127.0.0.1:1883 --parcels FILE --ledger FILE
//	firmware-sim light --at tcp://127.0.0.1:1883 --name W1-07
//	firmware-sim crew --to http://127.0.0.1:8080
//	firmware-sim scenario --orders 200 --epoch EPOCH
//
// It imports firmware-sim/* and kong, and decides nothing itself.
package main
