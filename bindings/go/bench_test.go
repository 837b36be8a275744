package arrayformat_test

import (
	"fmt"
	"testing"

	af "arrayformat.org/go"
)

// What a call costs; bench/bindings sets them beside the same calls in C.

func BenchmarkTrivialCall(b *testing.B) {
	file := inMemory(b)
	for b.Loop() {
		file.IsDirty()
	}
}

func BenchmarkReadOneElement(b *testing.B) {
	file := grid(b, []int64{1000}, []int64{1000})
	ok(b, file.Flush(ctx))
	dst := make([]byte, 4)
	at := af.Region{Start: []int64{500}, Shape: []int64{1}}
	b.ReportAllocs()
	for b.Loop() {
		ok(b, file.ReadBytes(ctx, "grid", at, nil, dst))
	}
}

func BenchmarkReadBatchOf1000(b *testing.B) {
	file := inMemory(b)
	names := make([]string, 1000)
	for i := range names {
		names[i] = fmt.Sprintf("array %04d", i)
		ok(b, file.Define(names[i], af.SchemaOf[int32](100)))
		ok(b, af.Write(ctx, file, names[i], af.All, counting(100)))
	}
	ok(b, file.Flush(ctx))
	buffer := make([]byte, 400_000)
	b.ReportAllocs()
	for b.Loop() {
		of(file.ReadMany(ctx, names, buffer))(b)
	}
}
