package arrayformat_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	af "arrayformat.org/go"
)

// The scenarios of bindings/README.md, under the names that they have in every language.
func TestScenarios(t *testing.T) {
	for _, scenario := range []struct {
		name string
		run  func(t *testing.T)
	}{
		{"missing_file", missingFile},
		{"every_dtype", everyDtype},
		{"empty_array", emptyArray},
		{"length_5_gib", length5GiB},
		{"unaligned_region", unalignedRegion},
		{"strided_region", stridedRegion},
		{"batch_read", batchRead},
		{"attributes", attributes},
		{"atlas_across", atlasAcross},
		{"mmap_views", mmapViews},
		{"user_store", userStore},
		{"progress", progressIsTold},
		{"cancel", cancel},
		{"callback_error", callbackError},
		{"use_after_close", useAfterClose},
		{"double_close", doubleClose},
		{"close_any_order", closeAnyOrder},
		{"close_during_read", closeDuringRead},
		{"left_to_collector", leftToCollector},
		{"eight_threads", eightThreads},
	} {
		t.Run(scenario.name, scenario.run)
	}
}

var ctx = context.Background()

const astral = "日記 🌊 z\u0301"

// ok is for what must not fail.
func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// of is for what answers something and must not fail.
func of[T any](value T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		ok(t, err)
		return value
	}
}

func expect(t testing.TB, what string, found, expected any) {
	t.Helper()
	if !reflect.DeepEqual(found, expected) {
		t.Errorf("%s: found %v, expected %v", what, found, expected)
	}
}

func expectStatus(t testing.TB, err error, expected error) {
	t.Helper()
	if !errors.Is(err, expected) {
		t.Fatalf("found %v, expected %v", err, expected)
	}
}

func inMemory(t testing.TB) *af.File {
	file := of(af.CreateInMemory(nil))(t)
	t.Cleanup(func() { file.Close() })
	return file
}

func counting(count int) []int32 {
	found := make([]int32, count)
	for i := range found {
		found[i] = int32(i)
	}
	return found
}

// grid is a file with one array of int32, counting up.
func grid(t testing.TB, shape, chunks []int64) *af.File {
	file := inMemory(t)
	ok(t, file.Define("grid", af.SchemaOf[int32](shape...).Chunked(chunks...)))
	count := 1
	for _, extent := range shape {
		count *= int(extent)
	}
	ok(t, af.Write(ctx, file, "grid", af.All, counting(count)))
	return file
}

func missingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), astral, "nowhere.af")
	_, err := af.Open(path, nil)
	expectStatus(t, err, af.NotFound)
	expectStatus(t, err, fs.ErrNotExist)
	if !strings.Contains(err.Error(), astral) {
		t.Errorf("the path is not in %q", err)
	}
	var ours *af.Error
	if !errors.As(err, &ours) || ours.Status != af.NotFound {
		t.Errorf("%v is no *Error", err)
	}
}

func roundTrip[T af.Element](t *testing.T, file *af.File, elements ...T) {
	t.Helper()
	name := fmt.Sprintf("%T", elements)
	ok(t, file.Define(name, af.SchemaOf[T](int64(len(elements)))))
	ok(t, af.Write(ctx, file, name, af.All, elements))
	ok(t, file.Flush(ctx))
	found := of(af.Read[T](ctx, file, name, af.All))(t)
	foundBytes := unsafe.Slice((*byte)(unsafe.Pointer(&found[0])), len(found)*int(unsafe.Sizeof(found[0])))
	givenBytes := unsafe.Slice((*byte)(unsafe.Pointer(&elements[0])), len(foundBytes))
	expect(t, name, foundBytes, givenBytes)
	expect(t, name, of(file.Schema(name))(t).DataType, af.DataTypeOf[T]())
	var wrong error
	if af.DataTypeOf[T]() == af.Int8 {
		_, wrong = af.Read[uint8](ctx, file, name, af.All)
	} else {
		_, wrong = af.Read[int8](ctx, file, name, af.All)
	}
	expectStatus(t, wrong, af.DataTypeMismatch)
}

func everyDtype(t *testing.T) {
	file := of(af.Create(filepath.Join(t.TempDir(), "all.af"), nil))(t)
	defer file.Close()
	roundTrip(t, file, true, false, true)
	roundTrip[int8](t, file, math.MinInt8, 0, math.MaxInt8)
	roundTrip[int16](t, file, math.MinInt16, 0, math.MaxInt16)
	roundTrip[int32](t, file, math.MinInt32, 0, math.MaxInt32)
	roundTrip[int64](t, file, math.MinInt64, 0, math.MaxInt64)
	roundTrip[uint8](t, file, 0, math.MaxUint8)
	roundTrip[uint16](t, file, 0, math.MaxUint16)
	roundTrip[uint32](t, file, 0, math.MaxUint32)
	roundTrip[uint64](t, file, 0, math.MaxUint64)
	roundTrip(t, file, float32(math.Inf(-1)), -0.0, math.SmallestNonzeroFloat32, float32(math.NaN()))
	roundTrip(t, file, math.Inf(-1), math.Copysign(0, -1), math.SmallestNonzeroFloat64, math.NaN())
	roundTrip(t, file, af.Timestamp(math.MinInt64), 0, af.TimestampOf(time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)))

	texts := []string{"", astral, "plain", strings.Repeat("🌊", 1000)}
	ok(t, file.Define("texts "+astral, af.Schema{DataType: af.String, Shape: []int64{4}}))
	ok(t, file.WriteStrings(ctx, "texts "+astral, af.All, texts))
	expect(t, "texts", of(file.ReadStrings(ctx, "texts "+astral, af.All))(t), texts)
	expectStatus(t, file.WriteStrings(ctx, "texts "+astral, af.All, []string{"\xff", "", "", ""}), af.InvalidArgument)

	binaries := [][]byte{{}, {0, 255, 0}, []byte(astral)}
	ok(t, file.Define("binaries", af.Schema{DataType: af.Binary, Shape: []int64{3}}))
	ok(t, file.WriteBinaries(ctx, "binaries", af.All, binaries))
	expect(t, "binaries", of(file.ReadBinaries(ctx, "binaries", af.All))(t), binaries)

	lists := af.Schema{DataType: af.List, Shape: []int64{2},
		Lists: []af.ListLevel{{Child: af.FixedSizeList}, {Child: af.Float32, Size: 3}}}
	ok(t, file.Define("lists", lists))
	ok(t, file.WriteChunk("lists", []int64{0}, []byte("any bytes")))
	expect(t, "chunk of lists", string(of(file.ReadChunk("lists", []int64{0}))(t)), "any bytes")
	expect(t, "chunks", of(file.Chunks("lists"))(t), [][]int64{{0}})
	found := of(file.Schema("lists"))(t)
	expect(t, "type of lists", found.DataType, af.List)
	expect(t, "levels of lists", found.Lists, []af.ListLevel{{Child: af.FixedSizeList}, {Child: af.Float32, Size: 3}})
}

func emptyArray(t *testing.T) {
	file := inMemory(t)
	ok(t, file.Define("none", af.SchemaOf[float64](3, 0, 2)))
	ok(t, af.Write(ctx, file, "none", af.All, []float64{}))
	ok(t, file.Flush(ctx))
	expect(t, "elements", len(of(af.Read[float64](ctx, file, "none", af.All))(t)), 0)
	ok(t, file.Define("", af.SchemaOf[int8]()))
	expect(t, "rank 0", of(af.Read[int8](ctx, file, "", af.All))(t), []int8{0})
	ok(t, file.Define("texts", af.Schema{DataType: af.String, Shape: []int64{0}}))
	ok(t, file.WriteStrings(ctx, "texts", af.All, nil))
	expect(t, "texts", of(file.ReadStrings(ctx, "texts", af.All))(t), []string{})
}

func length5GiB(t *testing.T) {
	const gib5 = 5 << 30
	path := filepath.Join(t.TempDir(), "sparse.mmap")
	mapped := of(af.CreateMmapZeros[float64](path, []int64{5, 1 << 27}, nil))(t)
	defer mapped.Close()
	view := of(mapped.View())(t)
	defer view.Close()
	expect(t, "length", int64(len(view.Bytes())), int64(gib5))
	last := af.Region{Start: []int64{4, 1<<27 - 1}, Shape: []int64{1, 1}}
	ok(t, af.WriteMmap(mapped, last, nil, []float64{42}))
	expect(t, "last", of(af.Mapped[float64](view))(t)[5<<27-1], 42.0)

	file := inMemory(t)
	ok(t, file.Define("wide", af.SchemaOf[uint8](3, math.MaxUint32).Chunked(1, 1<<20)))
	at := af.Region{Start: []int64{2, math.MaxUint32 - 2}, Shape: []int64{1, 2}}
	ok(t, af.Write(ctx, file, "wide", at, []uint8{7, 8}))
	expect(t, "far out", of(af.Read[uint8](ctx, file, "wide", at))(t), []uint8{7, 8})
	expectStatus(t, file.Define("wider", af.SchemaOf[uint8](gib5)), af.LimitExceeded)
	small := make([]byte, 8)
	err := file.ReadBytes(ctx, "wide", af.Region{Start: []int64{0, 0}, Shape: []int64{2, math.MaxUint32 - 10}}, nil, small)
	expectStatus(t, err, af.InvalidArgument)
	_, err = af.Read[uint8](ctx, file, "wide", af.Region{Start: []int64{0, 0}, Shape: []int64{1, gib5}})
	expectStatus(t, err, af.OutOfBounds)
}

func unalignedRegion(t *testing.T) {
	file := grid(t, []int64{10, 10}, []int64{3, 4})
	at := af.Region{Start: []int64{2, 3}, Shape: []int64{2, 6}}
	expect(t, "across chunks", of(af.Read[int32](ctx, file, "grid", at))(t), []int32{23, 24, 25, 26, 27, 28, 33, 34, 35, 36, 37, 38})
	ok(t, af.Write(ctx, file, "grid", at, make([]int32, 12)))
	ok(t, file.Flush(ctx))
	row := af.Region{Start: []int64{3, 0}, Shape: []int64{1, 10}}
	expect(t, "changed", of(af.Read[int32](ctx, file, "grid", row))(t), []int32{30, 31, 32, 0, 0, 0, 0, 0, 0, 39})
	_, err := af.Read[int32](ctx, file, "grid", af.Region{Start: []int64{9, 9}, Shape: []int64{2, 1}})
	expectStatus(t, err, af.OutOfBounds)
	_, err = af.Read[int32](ctx, file, "grid", af.Region{Start: []int64{0}, Shape: []int64{1, 1}})
	expectStatus(t, err, af.InvalidArgument)
}

func stridedRegion(t *testing.T) {
	file := grid(t, []int64{4, 6}, []int64{2, 4})
	at := af.Region{Start: []int64{1, 2}, Shape: []int64{2, 3}}
	transposed := make([]int32, 6)
	ok(t, af.ReadStrided(ctx, file, "grid", at, []int64{4, 8}, transposed))
	expect(t, "transposed", transposed, []int32{8, 14, 9, 15, 10, 16})
	backwards := make([]int32, 6)
	ok(t, af.ReadStrided(ctx, file, "grid", at, []int64{-12, -4}, backwards))
	expect(t, "backwards", backwards, []int32{16, 15, 14, 10, 9, 8})
	ok(t, af.WriteStrided(ctx, file, "grid", at, []int64{12, -4}, []int32{1, 2, 3, 4, 5, 6}))
	expect(t, "written", of(af.Read[int32](ctx, file, "grid", at))(t), []int32{3, 2, 1, 6, 5, 4})
	expectStatus(t, af.ReadStrided(ctx, file, "grid", at, []int64{12, 4}, backwards[:5]), af.InvalidArgument)
	expectStatus(t, af.ReadStrided(ctx, file, "grid", at, []int64{4}, backwards), af.InvalidArgument)
}

func batchRead(t *testing.T) {
	file := inMemory(t)
	names := make([]string, 1000)
	for i := range names {
		names[i] = fmt.Sprintf("%s %d", astral, i)
		ok(t, file.Define(names[i], af.SchemaOf[int32](int64(i%7))))
		ok(t, af.Write(ctx, file, names[i], af.All, counting(i%7)))
	}
	ok(t, file.Flush(ctx))
	listed := of(file.List())(t)
	expect(t, "listed", len(listed), len(names))
	slices.Reverse(names)
	batch := of(file.ReadMany(ctx, af.NamesOf(names...), nil))(t)
	again := of(file.ReadMany(ctx, af.NamesOf(names...), batch.Data))(t)
	expect(t, "one buffer", unsafe.SliceData(again.Data), unsafe.SliceData(batch.Data))
	for i := range names {
		expect(t, names[i], len(batch.At(i)), (999-i)%7*4)
		if found := batch.At(i); len(found) > 0 {
			expect(t, names[i], found[len(found)-4], byte((999-i)%7-1))
		}
	}
	_, err := file.ReadMany(ctx, af.NamesOf(names[0], "nobody"), nil)
	expectStatus(t, err, af.ArrayNotFound)
	expect(t, "nothing", len(of(file.ReadMany(ctx, af.Names{}, nil))(t).Data), 0)
}

func attributes(t *testing.T) {
	file := inMemory(t)
	ok(t, file.Define("a", af.SchemaOf[int32](2).Named("x "+astral).Filled(af.ScalarOf[int64](-9))))
	ok(t, file.Define("b", af.SchemaOf[int32](2)))
	given := map[string]af.Value{
		"bool": af.ScalarOf(true), "int": af.ScalarOf[int16](-3), "big": af.ScalarOf[uint64](math.MaxUint64),
		"real": af.ScalarOf(2.5), "text": af.TextOf(astral), "empty": af.TextOf(""), "bytes": af.BinaryOf([]byte{0, 1, 255}),
		"reals": af.ListOf[float32](1, 2, 3), "texts": af.TextsOf("", astral), "none": af.ListOf[int8](),
		"many bytes": af.BinariesOf([]byte{0}, nil),
	}
	for key, value := range given {
		ok(t, file.SetAttribute("a", key, value))
	}
	ok(t, file.SetFileAttribute("title", af.TextOf(astral)))
	ok(t, file.Flush(ctx))
	found := map[string]af.Value{}
	for _, attribute := range of(file.Attributes("a"))(t) {
		found[attribute.Name] = attribute.Value
	}
	expect(t, "how many", len(found), len(given))
	for key, value := range given {
		if !found[key].Equal(value) {
			t.Errorf("%s: found %v, expected %v", key, found[key], value)
		}
	}
	expect(t, "reals", of(af.ElementsOf[float32](found["reals"]))(t), []float32{1, 2, 3})
	expect(t, "as Go", []any{found["int"].Any(), found["texts"].Any(), found["text"].Text()}, []any{int16(-3), []string{"", astral}, astral})
	expect(t, "fill", of(af.ScalarFrom[int64](of(file.Schema("a"))(t).Fill))(t), int64(-9))
	expect(t, "dimension", of(file.Schema("a"))(t).Dimensions, []string{"x " + astral})
	column := of(file.AttributeColumn("int"))(t)
	expect(t, "column", []any{column[0].Name, column[0].Value.Any(), column[1].Value.IsZero()}, []any{"a", int16(-3), true})
	ok(t, file.RemoveAttribute("a", "int"))
	_, err := file.Attribute("a", "int")
	expectStatus(t, err, af.AttributeNotFound)
	expectStatus(t, file.SetAttribute("a", "time", af.TimeOf(time.Now())), af.Unsupported)
	stats := of(file.StatsOfAll())(t)
	expect(t, "nulls", []any{stats[0].Rows, stats[0].Nulls, stats[0].Min.IsZero()}, []any{uint64(2), uint64(2), true})
}

func atlasAcross(t *testing.T) {
	atlas := of(af.CreateAtlas(filepath.Join(t.TempDir(), "store"), nil))(t)
	defer atlas.Close()
	for row := range 4 {
		dataset := of(atlas.Create(fmt.Sprintf("%s %d", astral, row)))(t)
		ok(t, dataset.SetAttribute("row", af.ScalarOf(int64(row))))
		if row != 2 {
			ok(t, dataset.Define("depth", af.SchemaOf[float32](int64(row+1)).Filled(af.ScalarOf(-1.0))))
			ok(t, af.Write(ctx, dataset, "depth", af.All, []float32{10, 11, 12, 13}[:row+1]))
			ok(t, dataset.SetArrayAttribute("depth", "units", af.TextOf("m")))
			ok(t, dataset.Define("notes", af.Schema{DataType: af.String, Shape: []int64{1}}))
			ok(t, dataset.WriteStrings(ctx, "notes", af.All, []string{fmt.Sprint(astral, row)}))
		}
		ok(t, dataset.Close())
	}
	ok(t, atlas.Flush(ctx))

	ragged := of(af.ReadRagged[float32](ctx, atlas, "depth", af.AllRows, af.All))(t)
	expect(t, "ragged", ragged, af.Ragged[float32]{Elements: []float32{10, 10, 11, 10, 11, 12, 13},
		Offsets: []int64{0, 1, 3, 3, 7}, Present: []bool{true, true, false, true}})
	some := of(af.ReadRagged[float32](ctx, atlas, "depth", []int64{3, 0}, af.Region{Start: []int64{0}, Shape: []int64{2}}))(t)
	expect(t, "some", [][]float32{some.At(0), some.At(1)}, [][]float32{{10, 11}, {10}})
	notes := of(atlas.ReadRaggedStrings(ctx, "notes", af.AllRows, af.All))(t)
	expect(t, "notes", notes.Elements, []string{astral + "0", astral + "1", astral + "3"})
	padded := of(af.ReadStacked[float32](ctx, atlas, "depth", []int64{1, 2}, af.All, af.PadWith(af.ScalarOf[float32](7))))(t)
	expect(t, "padded", padded, af.Stacked[float32]{Elements: []float32{10, 11, 7, 7}, Shape: []int64{2, 2}})
	filled := of(af.ReadStacked[float32](ctx, atlas, "depth", []int64{0, 1}, af.All, af.PadWith(af.Value{})))(t)
	expect(t, "filled", filled.Elements, []float32{10, -1, 10, 11})
	_, err := af.ReadStacked[float32](ctx, atlas, "depth", []int64{0, 1}, af.All, nil)
	expectStatus(t, err, af.OutOfBounds)
	texts := of(atlas.ReadStackedStrings(ctx, "notes", af.AllRows, af.All, af.PadWith(af.TextOf("none"))))(t)
	expect(t, "texts", texts.Elements, []string{astral + "0", astral + "1", "none", astral + "3"})
	_, err = af.ReadRagged[float64](ctx, atlas, "depth", af.AllRows, af.All)
	expectStatus(t, err, af.DataTypeMismatch)

	expect(t, "shape", of(atlas.StackShape("depth", af.AllRows))(t), []int64{4})
	expect(t, "listed", of(atlas.ListAcross("depth", []int64{2}))(t), []af.ArrayInfo{{Name: astral + " 2", DataType: af.NoDataType, Shape: []int64{}}})
	expect(t, "selected", of(atlas.Select("depth > ?", af.ScalarOf(11.5)))(t), []int64{3})
	rows := of(atlas.AttributeAcross("", "row", af.AllRows))(t)
	expect(t, "attribute", rows[3].Value.Any(), int64(3))
	units := of(atlas.AttributeAcross("depth", "units", af.AllRows))(t)
	expect(t, "units", []any{units[1].Value.Any(), units[2].Value.IsZero()}, []any{"m", true})
	stats := of(atlas.StatsAcross("depth", []int64{3, 2}))(t)
	expect(t, "stats", []any{stats[0].Max.Any(), stats[1].Known}, []any{13.0, false})
	schema := of(atlas.Schema())(t)
	expect(t, "schema", []any{schema.Arrays[0].Name, schema.Arrays[0].DataType, schema.Attributes[0].Key}, []any{"depth", af.Float32, "row"})
	expect(t, "variables", of(atlas.Variables())(t), []string{"depth", "notes"})
	expect(t, "info", of(atlas.Info())(t).Datasets, int64(4))
	expect(t, "no rows", len(of(af.ReadRagged[float32](ctx, atlas, "depth", []int64{}, af.All))(t).Elements), 0)
}

func mmapViews(t *testing.T) {
	path := filepath.Join(t.TempDir(), astral+".mmap")
	mapped := of(af.CreateMmap(path, []int64{2, 3}, []int32{1, 2, 3, 4, 5, 6}, nil))(t)
	mutable := of(mapped.MutableView())(t)
	of(af.Mapped[int32](mutable))(t)[5] = 60
	expect(t, "path", of(mapped.Path())(t), path)
	ok(t, mapped.Flush())
	ok(t, mapped.Close())
	reader := of(af.OpenMmap(path, nil))(t)
	view := of(reader.View())(t)
	ok(t, reader.Close())
	expect(t, "in place", of(af.Mapped[int32](view))(t), []int32{1, 2, 3, 4, 5, 60})
	expect(t, "layout", []any{view.Shape(), view.Strides(), view.Mutable()}, []any{[]int64{2, 3}, []int64{12, 4}, false})
	_, err := af.Mapped[float32](view)
	expectStatus(t, err, af.DataTypeMismatch)
	of(af.Mapped[int32](mutable))(t)[0] = 10
	expect(t, "shared", of(af.Mapped[int32](view))(t)[0], int32(10))
	ok(t, mutable.Close())
	ok(t, view.Close())
	_, err = af.Mapped[int32](view)
	expectStatus(t, err, fs.ErrClosed)
	_, err = of(af.OpenMmap(path, nil))(t).MutableView()
	expectStatus(t, err, af.ReadOnly)
}

// shelf is an ObjectStore in memory, with a failure to be had.
type shelf struct {
	lock    sync.Mutex
	objects map[string][]byte
	tokens  map[string]string
	count   int
	failing atomic.Pointer[func(call string) error]
}

func newShelf() *shelf { return &shelf{objects: map[string][]byte{}, tokens: map[string]string{}} }

func (s *shelf) fail(call string) error {
	if failing := s.failing.Load(); failing != nil {
		return (*failing)(call)
	}
	return nil
}

func (s *shelf) Stat(key string) (int64, string, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	data, there := s.objects[key]
	if !there {
		return 0, "", fs.ErrNotExist
	}
	return int64(len(data)), s.tokens[key], s.fail("stat")
}

func (s *shelf) Get(key, token string, offset int64, dst []byte) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if err := s.fail("get"); err != nil {
		return err
	}
	if token != s.tokens[key] {
		return af.Stale
	}
	copy(dst, s.objects[key][offset:])
	return nil
}

func (s *shelf) Put(key string, data []byte, condition af.PutCondition, token string) (string, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if err := s.fail("put"); err != nil {
		return "", err
	}
	_, there := s.objects[key]
	if condition == af.PutIfAbsent && there || condition == af.PutIfMatch && s.tokens[key] != token {
		return "", af.Conflict
	}
	s.count++
	s.objects[key], s.tokens[key] = bytes.Clone(data), fmt.Sprint("version ", s.count)
	return s.tokens[key], nil
}

func (s *shelf) Remove(key string, token *string) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if _, there := s.objects[key]; !there {
		return af.NotFound
	}
	if token != nil && *token != s.tokens[key] {
		return af.Conflict
	}
	delete(s.objects, key)
	return nil
}

func (s *shelf) List(prefix string, emit func(key string, size int64) error) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	for key, data := range s.objects {
		if strings.HasPrefix(key, prefix) {
			if err := emit(key, int64(len(data))); err != nil {
				return err
			}
		}
	}
	return nil
}

func userStore(t *testing.T) {
	objects := newShelf()
	store := of(af.NewStore(objects))(t)
	defer store.Close()
	key := astral + "/stack.af"
	file := of(af.CreateIn(store, key, nil))(t)
	ok(t, file.Define("a", af.SchemaOf[int32](1000).Chunked(10)))
	ok(t, af.Write(ctx, file, "a", af.All, counting(1000)))
	ok(t, file.Flush(ctx))
	ok(t, af.Write(ctx, file, "a", af.Region{Start: []int64{0}, Shape: []int64{1}}, []int32{-1}))
	ok(t, file.Flush(ctx))
	ok(t, file.Close())
	again := of(af.OpenIn(store, key, af.OpenWritable))(t)
	defer again.Close()
	expect(t, "read back", of(af.Read[int32](ctx, again, "a", af.All))(t)[:3], []int32{-1, 1, 2})
	ok(t, again.Compact(ctx))
	expect(t, "compacted", of(again.LayerCount())(t), int64(1))
	expect(t, "listed", of(store.List(astral+"/stack.a"))(t), []string{key})
	expect(t, "whole", of(store.Get(key))(t), objects.objects[key])
	expectStatus(t, store.Put(key, nil, af.PutIfAbsent), af.AlreadyExists)
	ok(t, store.Put("other", []byte("x"), af.PutAlways))
	ok(t, store.Remove("other"))
	expectStatus(t, store.Remove("other"), af.NotFound)
}

// long is a file whose compaction takes several steps.
func long(t testing.TB) *af.File {
	file := of(af.Create(filepath.Join(t.TempDir(), "long.af"), &af.FileOptions{Tuning: af.Tuning{BlockSize: 4096, Durability: af.DurabilityNone}}))(t)
	t.Cleanup(func() { file.Close() })
	for i := range 50 {
		name := fmt.Sprint(i)
		ok(t, file.Define(name, af.SchemaOf[int32](2000)))
		ok(t, af.Write(ctx, file, name, af.All, counting(2000)))
	}
	ok(t, file.Flush(ctx))
	ok(t, file.SetFileAttribute("changed", af.ScalarOf(true)))
	ok(t, file.Flush(ctx))
	return file
}

func progressIsTold(t *testing.T) {
	file := long(t)
	var told []int64
	ok(t, file.SetProgress(func(done, total int64) error {
		if done > total {
			t.Errorf("%d of %d done", done, total)
		}
		told = append(told, done)
		return nil
	}))
	ok(t, file.Compact(ctx))
	if len(told) < 2 || !slices.IsSorted(told) {
		t.Errorf("told %v", told)
	}
	before := len(told)
	ok(t, file.SetProgress(nil))
	of(file.Verify(ctx))(t)
	expect(t, "told nothing any more", len(told), before)
}

func cancel(t *testing.T) {
	file := long(t)
	layers := of(file.LayerCount())(t)
	enough := errors.New("enough")
	stopped, stop := context.WithCancelCause(ctx)
	ok(t, file.SetProgress(func(done, total int64) error { stop(enough); time.Sleep(time.Millisecond); return nil }))
	err := file.Compact(stopped)
	expectStatus(t, err, af.Cancelled)
	expectStatus(t, err, enough)
	expect(t, "layers", of(file.LayerCount())(t), layers)
	expectStatus(t, file.Compact(stopped), enough)
	ok(t, file.SetProgress(nil))

	other, stop := context.WithCancelCause(ctx)
	ok(t, file.SetProgress(func(done, total int64) error { stop(enough); time.Sleep(time.Millisecond); return nil }))
	var both sync.WaitGroup
	work(&both, func() {
		if _, err := file.Verify(ctx); err != nil {
			t.Errorf("a call of another context: %v", err)
		}
	})
	_, err = file.Verify(other)
	both.Wait()
	expectStatus(t, err, enough)
	ok(t, file.SetProgress(nil))
	patient, end := context.WithTimeout(ctx, time.Hour)
	defer end()
	ok(t, file.Compact(patient))
	expect(t, "layers", of(file.LayerCount())(t), int64(1))
}

func callbackError(t *testing.T) {
	file := long(t)
	mine := errors.New("mine: " + astral)
	ok(t, file.SetProgress(func(done, total int64) error { return mine }))
	err := file.Compact(ctx)
	expectStatus(t, err, af.Cancelled)
	expectStatus(t, err, mine)
	ok(t, file.SetProgress(func(done, total int64) error { panic(mine) }))
	var panicked *af.PanicError
	if err := file.Compact(ctx); !errors.As(err, &panicked) || panicked.Value != any(mine) {
		t.Errorf("found %v, expected a panic", err)
	}

	objects := newShelf()
	store := of(af.NewStore(objects))(t)
	stored := of(af.CreateIn(store, "x.af", nil))(t)
	for name, failing := range map[string]func(string) error{
		"error": func(call string) error {
			if call == "put" {
				return mine
			}
			return nil
		},
		"panic": func(call string) error {
			if call == "put" {
				panic(mine)
			}
			return nil
		},
	} {
		ok(t, stored.Define(name, af.SchemaOf[int8](1)))
		objects.failing.Store(&failing)
		err := stored.Flush(ctx)
		expectStatus(t, err, af.IO)
		if name == "error" {
			expectStatus(t, err, mine)
		} else if !errors.As(err, &panicked) {
			t.Errorf("found %v, expected a panic", err)
		}
		objects.failing.Store(nil)
		ok(t, stored.Flush(ctx))
	}
}

func useAfterClose(t *testing.T) {
	file := grid(t, []int64{2}, []int64{1})
	atlas := of(af.CreateAtlas(filepath.Join(t.TempDir(), "store"), nil))(t)
	dataset := of(atlas.Create("d"))(t)
	store := of(af.NewMemoryStore())(t)
	cache := of(af.NewCache(1000))(t)
	mapped := of(af.CreateMmapZeros[int32](filepath.Join(t.TempDir(), "m.mmap"), []int64{1}, nil))(t)
	for _, closed := range []interface{ Close() error }{file, atlas, dataset, store, cache, mapped} {
		ok(t, closed.Close())
	}
	_, read := af.Read[int32](ctx, file, "grid", af.All)
	_, datasets := atlas.Datasets()
	_, name := dataset.Name()
	_, get := store.Get("x")
	_, size := cache.Size()
	_, shape := mapped.Shape()
	for _, err := range []error{read, datasets, name, get, size, shape, file.Flush(ctx)} {
		expectStatus(t, err, fs.ErrClosed)
		expectStatus(t, err, af.InvalidArgument)
	}
}

func doubleClose(t *testing.T) {
	file := of(af.CreateInMemory(nil))(t)
	other := of(af.CreateInMemory(nil))(t)
	ok(t, file.Close())
	ok(t, file.Close())
	of(other.IsDirty())(t)
	ok(t, other.Close())
	mapped := of(af.CreateMmapZeros[int32](filepath.Join(t.TempDir(), "m.mmap"), []int64{1}, nil))(t)
	view := of(mapped.View())(t)
	ok(t, view.Close())
	ok(t, view.Close())
}

func closeAnyOrder(t *testing.T) {
	store := of(af.NewMemoryStore())(t)
	cache := of(af.NewCache(1 << 20))(t)
	file := of(af.CreateIn(store, "x.af", nil))(t)
	ok(t, file.SetCache(cache))
	ok(t, store.Close())
	ok(t, cache.Close())
	ok(t, file.Define("a", af.SchemaOf[int32](3)))
	ok(t, file.Flush(ctx))
	expect(t, "read", of(af.Read[int32](ctx, file, "a", af.All))(t), []int32{0, 0, 0})
	ok(t, file.Close())

	atlas := of(af.CreateAtlas(filepath.Join(t.TempDir(), "store"), nil))(t)
	dataset := of(atlas.Create("d"))(t)
	ok(t, atlas.Close())
	expect(t, "dataset", of(dataset.Name())(t), "d")
	ok(t, dataset.Close())
}

func closeDuringRead(t *testing.T) {
	for range 20 {
		file := grid(t, []int64{1 << 18}, []int64{1 << 12})
		ok(t, file.Flush(ctx))
		var begun, all sync.WaitGroup
		begun.Add(4)
		for range 4 {
			work(&all, func() {
				begun.Done()
				for {
					found, err := af.Read[int32](ctx, file, "grid", af.All)
					if err != nil {
						expectStatus(t, err, fs.ErrClosed)
						return
					}
					if found[1<<18-1] != 1<<18-1 {
						t.Error("read something else")
						return
					}
				}
			})
		}
		begun.Wait()
		ok(t, file.Close())
		all.Wait()
	}
}

// residentKiB is the memory the program has, freed memory that the system has not taken back included.
func residentKiB(t testing.TB) int {
	status := of(os.ReadFile("/proc/self/status"))(t)
	var found int
	for _, line := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(line, "VmRSS:") {
			fmt.Sscanf(line, "VmRSS: %d kB", &found)
		}
	}
	return found
}

func leftToCollector(t *testing.T) {
	objects := 1_000_000
	if testing.Short() {
		objects = 100_000
	}
	leave := func(count int) {
		for range count {
			of(af.NewCache(1000))(t)
		}
		runtime.GC()
	}
	leave(objects / 10)
	before := residentKiB(t)
	leave(objects)
	if grown := residentKiB(t) - before; grown > 64<<10 && !watchedForRaces {
		t.Errorf("%d objects left %d KiB", objects, grown)
	}
	for range 2000 {
		file := of(af.CreateInMemory(nil))(t)
		ok(t, file.SetProgress(func(done, total int64) error { return nil }))
		of(file.List())(t)
	}
}

func eightThreads(t *testing.T) {
	file := grid(t, []int64{1000}, []int64{10})
	ok(t, file.Flush(ctx))
	var all sync.WaitGroup
	for worker := range 8 {
		work(&all, func() {
			missing := fmt.Sprint("missing ", worker, astral)
			for i := range 300 {
				at := af.Region{Start: []int64{int64(i)}, Shape: []int64{3}}
				found, err := af.Read[int32](ctx, file, "grid", at)
				if err != nil || found[2] != int32(i+2) {
					t.Errorf("found %v, %v", found, err)
				}
				if _, err := file.Schema(missing); !errors.Is(err, af.ArrayNotFound) || !strings.Contains(err.Error(), missing) {
					t.Errorf("found %v, expected that %s is missing", err, missing)
				}
				if i%100 == 0 {
					name := fmt.Sprint("new ", worker, i)
					if err := errors.Join(file.Define(name, af.SchemaOf[int8](1)), file.Flush(ctx)); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	expect(t, "arrays", len(of(file.List())(t)), 1+8*3)
}

func work(all *sync.WaitGroup, do func()) {
	all.Add(1)
	go func() {
		defer all.Done()
		do()
	}()
}
