// Command firmware-sim plays the devices and the people of a warehouse on
// loopback: label printers, and a crew that works through the floor contract.
//
//	firmware-sim floor --config configs/demo.toml --seed 1 --speed 10
//	firmware-sim printer --listen 127.0.0.1:9100
//	firmware-sim crew --to http://127.0.0.1:8080
//	firmware-sim scenario --orders 200 --epoch EPOCH
//
// It imports firmware-sim/* and kong, and decides nothing itself.
package main
