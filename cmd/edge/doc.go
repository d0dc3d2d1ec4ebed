// Command edge is the edge agent of one distribution centre.
//
// Exit codes: 0 fine, 1 found a fault, 2 wrong use.
package main
