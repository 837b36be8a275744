// go mod init first && go get arrayformat.org/go && go run .
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	af "arrayformat.org/go"
)

func main() {
	ctx := context.Background()
	file, err := af.Create("weather.af", nil)
	must(err)
	must(file.Define("celsius", af.SchemaOf[float64](2, 3).Named("day", "station")))
	must(af.Write(ctx, file, "celsius", af.All, []float64{11.5, 12, 12.25, 9.75, 10, 10.5}))
	must(file.Flush(ctx))
	file.Close()

	file, err = af.Open("weather.af", nil)
	must(err)
	defer file.Close()
	tomorrow := af.Region{Start: []int64{1, 0}, Shape: []int64{1, 3}}
	celsius, err := af.Read[float64](ctx, file, "celsius", tomorrow)
	must(err)
	fmt.Println("tomorrow:", celsius)

	_, err = af.Open("nowhere.af", nil)
	fmt.Println(errors.Is(err, af.NotFound), errors.Is(err, fs.ErrNotExist))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
