// What a call costs in Go: as calls.c.
package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"time"

	af "arrayformat.org/go"
)

const arrays, elements, rounds, calls, batches = 1000, 250, 30, 200_000, 40

func main() {
	file, err := af.Open(os.Args[1], nil)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	trivial := best(calls, func() {
		if layers, err := file.LayerCount(); err != nil || layers == 0 {
			panic(err)
		}
	})
	names := make([]string, arrays)
	for i := range names {
		names[i] = fmt.Sprint("array ", i)
	}
	all, buffer := af.NamesOf(names...), make([]byte, arrays*elements*4)
	batch := best(batches, func() {
		if _, err := file.ReadMany(context.Background(), all, buffer); err != nil {
			panic(err)
		}
	})
	if binary.LittleEndian.Uint32(buffer[(999*elements+3)*4:]) != 999+9 {
		panic("read something else")
	}
	fmt.Printf("%.1f %.0f\n", trivial, batch)
}

func best(count int, call func()) float64 {
	least := time.Duration(1 << 62)
	for range rounds {
		start := time.Now()
		for range count {
			call()
		}
		least = min(least, time.Since(start))
	}
	return float64(least.Nanoseconds()) / float64(count)
}
