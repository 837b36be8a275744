package arrayformat_test

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	af "arrayformat.org/go"
	"arrayformat.org/go/internal/exchange"
)

func TestStacksOfLayers(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "x.af")
	file := of(af.Create(path, &af.FileOptions{FooterVersion: 4, Tuning: af.Tuning{Codec: af.CodecLZ4}}))(t)
	defer file.Close()
	_, err := af.Create(path, nil)
	expectStatus(t, err, fs.ErrExist)
	ok(t, file.Define("a", af.SchemaOf[int32](4).Filled(af.ScalarOf[int64](9))))
	ok(t, af.Write(ctx, file, "a", af.All, counting(4)))
	expect(t, "dirty", of(file.IsDirty())(t), true)
	ok(t, file.Flush(ctx))
	expect(t, "dirty", of(file.IsDirty())(t), false)
	ok(t, file.Resize("a", 6))
	ok(t, file.Flush(ctx))
	expect(t, "resized", of(af.Read[int32](ctx, file, "a", af.All))(t), []int32{0, 1, 2, 3, 9, 9})
	expect(t, "version", of(file.FooterVersion())(t), 4)
	last := of(file.LayerCount())(t) - 1
	info := of(file.Layer(last))(t)
	expect(t, "layer", []any{info.Number, info.ArrayCount, info.Foreign, info.Size > 0, info.ID != [16]byte{}}, []any{last, int64(1), false, true, true})
	_, err = file.Layer(99)
	expectStatus(t, err, af.OutOfBounds)
	older := of(af.Open(path, &af.FileOptions{Layers: int32(last)}))(t)
	expect(t, "older", len(of(af.Read[int32](ctx, older, "a", af.All))(t)), 4)
	expectStatus(t, older.Delete("a"), af.ReadOnly)

	reader := of(af.Open(path, nil))(t)
	ok(t, file.Delete("a"))
	expect(t, "deleted", of(file.Contains("a"))(t), false)
	ok(t, file.Flush(ctx))
	expect(t, "still there", of(reader.Contains("a"))(t), true)
	expect(t, "refreshed", of(reader.Refresh())(t), true)
	expect(t, "gone", of(reader.Contains("a"))(t), false)
	expect(t, "read something", of(reader.IOStats())(t).BytesRead > 0, true)

	copied := filepath.Join(folder, "copy.af")
	ok(t, file.CopyTo(ctx, copied, &af.FileOptions{FooterVersion: 6}))
	expect(t, "copy", of(of(af.Open(copied, nil))(t).FooterVersion())(t), 6)
	expect(t, "sound", len(of(file.Verify(ctx))(t)), 0)
}

func TestDamageIsFoundAndRepaired(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "x.af")
	file := of(af.Create(path, &af.FileOptions{Tuning: af.Tuning{Codec: af.CodecNone}}))(t)
	ok(t, file.Define("a", af.SchemaOf[int32](40_000).Chunked(10_000)))
	ok(t, af.Write(ctx, file, "a", af.All, counting(40_000)))
	ok(t, file.Flush(ctx))
	ok(t, file.Compact(ctx))
	ok(t, file.Close())
	bytes := of(os.ReadFile(path))(t)
	for i := range 1000 {
		bytes[1000+i] ^= 0xff
	}
	ok(t, os.WriteFile(path, bytes, 0o600))
	damaged := of(af.Open(path, nil))(t)
	defer damaged.Close()
	_, err := af.Read[int32](ctx, damaged, "a", af.All)
	expectStatus(t, err, af.Corrupt)
	findings := of(damaged.Verify(ctx))(t)
	expect(t, "a problem", findings[0].Problem, true)
	calls := 0
	report := of(af.Repair(ctx, path, filepath.Join(folder, "new.af"), nil, func(done, total int64) error { calls++; return nil }))(t)
	if len(report) == 0 || report[0].Text == "" || calls == 0 {
		t.Errorf("found %v after %d calls of progress", report, calls)
	}
	stopped, stop := context.WithCancel(ctx)
	_, err = af.Repair(stopped, path, filepath.Join(folder, "no.af"), nil, func(done, total int64) error { stop(); time.Sleep(time.Millisecond); return errors.New("no") })
	expectStatus(t, err, af.Cancelled)
}

func TestErrorsOfTheSystem(t *testing.T) {
	folder := t.TempDir()
	_, err := af.Create(filepath.Join(folder, "nowhere", "x.af"), nil)
	expectStatus(t, err, fs.ErrNotExist)
	expectStatus(t, err, syscall.ENOENT)
	_, err = af.Create(filepath.Join(folder, "x.txt"), nil)
	expectStatus(t, err, af.InvalidName)
	if errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "invalid-name: ") {
		t.Errorf("found %v", err)
	}
}

func TestDatasetsOfAnAtlas(t *testing.T) {
	store := of(af.OpenLocalStore(t.TempDir()))(t)
	options := &af.AtlasOptions{MetadataFormat: af.MetadataMsgpack, MetadataCodec: af.CodecZstd, TypeMismatchIsError: true}
	atlas := of(af.CreateAtlasIn(store, "x", options))(t)
	defer atlas.Close()
	ok(t, atlas.SetCache(of(af.NewCache(1<<20))(t)))
	dataset := of(atlas.Create("one"))(t)
	ok(t, dataset.Define("v", af.SchemaOf[int32](3).Named("x")))
	ok(t, af.Write(ctx, dataset, "v", af.All, counting(3)))
	expect(t, "read", of(af.Read[int32](ctx, dataset, "v", af.All))(t), counting(3))
	ok(t, dataset.SetAttribute("when", af.TimeOf(time.Unix(1, 2))))
	expect(t, "when", of(dataset.Attribute("when"))(t).Any(), any(af.Timestamp(1_000_000_002)))
	ok(t, dataset.SetArrayAttribute("v", "units", af.TextOf("m")))
	expect(t, "units", of(dataset.ArrayAttribute("v", "units"))(t).Text(), "m")
	expect(t, "attributes", []int{len(of(dataset.Attributes())(t)), len(of(dataset.ArrayAttributes("v"))(t))}, []int{1, 1})
	expect(t, "types", of(dataset.Types())(t).Arrays[0].Dimensions, []string{"x"})
	expect(t, "list", of(dataset.List())(t)[0].Shape, []int64{3})
	expect(t, "stats", of(dataset.Stats("v"))(t).Max.Any(), any(int64(2)))
	ok(t, dataset.RemoveAttribute("when"))
	ok(t, dataset.RemoveArrayAttribute("v", "units"))
	other := of(atlas.Create("two"))(t)
	expectStatus(t, other.Define("v", af.Schema{DataType: af.String, Shape: []int64{1}}), af.DataTypeMismatch)
	expect(t, "dirty", of(atlas.IsDirty())(t), true)
	ok(t, atlas.Flush(ctx))

	reader := of(af.OpenAtlasIn(store, "x", nil))(t)
	expect(t, "datasets", of(reader.Datasets())(t), []string{"one", "two"})
	expect(t, "row", of(reader.Row("two"))(t), int64(1))
	ok(t, atlas.Delete("two"))
	ok(t, atlas.Compact(ctx))
	expect(t, "refreshed", of(reader.Refresh())(t), true)
	expect(t, "deleted", of(reader.Contains("two"))(t), false)
	_, err := reader.Open("two")
	expectStatus(t, err, af.DatasetNotFound)
	for _, finding := range of(reader.Verify(ctx))(t) {
		expect(t, finding.Text, finding.Problem, false)
	}
	of(atlas.GC())(t)
	expect(t, "asked of the store", of(reader.IOStats())(t).ReadRequests > 0, true)
	info := of(reader.Info())(t)
	expect(t, "info", []any{info.Generation, info.MetadataFormat, info.MetadataCodec}, []any{af.AtlasSchema3, af.MetadataMsgpack, af.CodecZstd})
	ok(t, atlas.SetProgress(func(done, total int64) error { return nil }))
}

func TestMappedArrays(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a.mmap")
	mapped := of(af.CreateMmapStrided(path, []int64{2, 2}, []int64{4, 8}, []float32{1, 2, 3, 4}, &af.MmapOptions{Lock: true}))(t)
	_, err := af.OpenMmap(path, &af.MmapOptions{Lock: true})
	expectStatus(t, err, af.Conflict)
	expect(t, "transposed", of(af.ReadMmap[float32](mapped, af.All))(t), []float32{1, 3, 2, 4})
	column := af.Region{Start: []int64{0, 1}, Shape: []int64{2, 1}}
	ok(t, af.WriteMmap(mapped, column, nil, []float32{30, 40}))
	expect(t, "column", of(af.ReadMmap[float32](mapped, column))(t), []float32{30, 40})
	expect(t, "layout", [][]int64{of(mapped.Shape())(t), of(mapped.Strides())(t), of(mapped.ElementStrides())(t)}, [][]int64{{2, 2}, {8, 4}, {2, 1}})
	expect(t, "size", []any{of(mapped.Len())(t), of(mapped.IsEmpty())(t), of(mapped.Mode())(t)}, []any{int64(4), false, af.MmapReadWrite})
	ok(t, mapped.FlushRange(0, 16, true))
	ok(t, mapped.Advise(af.AdviceSequential, 0, 16))
	expectStatus(t, mapped.Advise(af.AdviceRandom, 0, 17), af.OutOfBounds)

	file := inMemory(t)
	ok(t, mapped.CopyToFile(file, "a"))
	expect(t, "copied", of(af.Read[float32](ctx, file, "a", af.All))(t), []float32{1, 30, 2, 40})
	back := of(af.CreateMmapFromFile(filepath.Join(folder, "b.mmap"), file, "a", nil))(t)
	expect(t, "and back", of(af.ReadMmap[float32](back, af.All))(t), []float32{1, 30, 2, 40})

	view := of(back.View())(t)
	tensor := of(view.ExportDLPack())(t)
	ok(t, view.Close())
	defer exchange.ReleaseTensor(tensor)
	third := of(af.CreateMmapFromDLPack(filepath.Join(folder, "c.mmap"), tensor, nil))(t)
	expect(t, "by DLPack", of(af.ReadMmap[float32](third, af.All))(t), []float32{1, 30, 2, 40})
	schema, array := exchange.ArrowStructs()
	ok(t, of(third.View())(t).ExportArrow(schema, array))
	expect(t, "by Arrow", exchange.ReleaseArrow(schema, array), "+w:2")
}

// webServer serves a folder, with the ETags that reading needs.
func webServer(t *testing.T, folder string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := filepath.Join(folder, filepath.Clean(r.URL.Path))
		whole, err := os.ReadFile(path)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprint(crc32.ChecksumIEEE(whole))))
		http.ServeFile(w, r, path)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestStacksAtURLs(t *testing.T) {
	folder := t.TempDir()
	file := of(af.Create(filepath.Join(folder, "stack.af"), nil))(t)
	ok(t, file.Define("a", af.SchemaOf[int32](3)))
	ok(t, af.Write(ctx, file, "a", af.All, counting(3)))
	ok(t, file.Flush(ctx))
	ok(t, file.Compact(ctx))
	url := webServer(t, folder)
	expect(t, "by its URL", of(af.Read[int32](ctx, of(af.Open(url+"/stack.af", nil))(t), "a", af.All))(t), counting(3))
	store := of(af.OpenURL(url, nil))(t)
	expect(t, "in the store", of(af.Read[int32](ctx, of(af.OpenIn(store, "stack.af", nil))(t), "a", af.All))(t), counting(3))
	_, err := af.Open(url+"/none.af", nil)
	expectStatus(t, err, fs.ErrNotExist)
	for name, value := range map[string]string{"no.such.option": "1", "a": "1\nb=2", "a=b": "1"} {
		_, err := af.OpenURL(url, map[string]string{name: value})
		expectStatus(t, err, af.InvalidArgument)
	}
	_, err = af.OpenURL("gopher://host/path", nil)
	expectStatus(t, err, af.Unsupported)
}

func TestCommitsOfAnAtlas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	atlas := of(af.CreateAtlas(path, &af.AtlasOptions{KeepCommits: 10}))(t)
	dataset := of(atlas.Create("d"))(t)
	ok(t, dataset.Define("v", af.SchemaOf[int32](3).Chunked(2)))
	ok(t, af.Write(ctx, dataset, "v", af.All, counting(3)))
	ok(t, atlas.Flush(ctx))
	first := of(atlas.Info())(t).Commit
	ok(t, af.Write(ctx, dataset, "v", af.All, make([]int32, 3)))
	ok(t, atlas.Flush(ctx))
	commits := of(atlas.Commits())(t)
	expect(t, "is kept", commits[len(commits)-2].Number, first)
	if age := time.Since(commits[0].Time); age < 0 || age > time.Hour {
		t.Errorf("the commit is %v old", age)
	}
	before := of(af.OpenAtlas(path, &af.AtlasOptions{AtCommit: first}))(t)
	expect(t, "as it was", of(af.Read[int32](ctx, of(before.Open("d"))(t), "v", af.All))(t), counting(3))

	copied := filepath.Join(t.TempDir(), "copy")
	ok(t, before.CopyTo(ctx, copied, &af.AtlasOptions{Generation: af.AtlasContainer8, Tuning: af.Tuning{Codec: af.CodecLZ4}}))
	container := of(af.OpenAtlas(copied, nil))(t)
	expect(t, "generation", of(container.Info())(t).Generation, af.AtlasContainer8)
	array := of(of(container.Open("d"))(t).Types())(t).Arrays[0]
	expect(t, "array", []any{array.Codec, array.ChunkShape}, []any{af.CodecLZ4, []int64{2}})
	together := of(container.Schema())(t).Arrays[0]
	expect(t, "of all", []any{together.Codec, together.ChunkShape}, []any{af.CodecUnknown, []int64(nil)})
	store := of(af.NewMemoryStore())(t)
	ok(t, atlas.CopyToStore(ctx, store, "x", nil))
	inStore := of(af.OpenAtlasIn(store, "x", nil))(t)
	expect(t, "as it is", of(af.Read[int32](ctx, of(inStore.Open("d"))(t), "v", af.All))(t), make([]int32, 3))
	expectStatus(t, atlas.CopyToStore(ctx, store, "x", nil), af.AlreadyExists)
}

func TestArraysGrowAndAreCopied(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "x.af")
	file := of(af.Create(path, &af.FileOptions{CompactAt: 50, FooterVersion: 4}))(t)
	defer file.Close()
	ok(t, file.Define("a", af.SchemaOf[int32](2, 2)))
	ok(t, af.Write(ctx, file, "a", af.All, counting(4)))
	expect(t, "grown from", of(af.Append(ctx, file, "a", 0, []int64{1, 2}, []int32{4, 5}))(t), int64(2))
	expect(t, "grown from", of(af.AppendStrided(ctx, file, "a", 0, []int64{1, 2}, []int64{8, -4}, []int32{7, 6}))(t), int64(3))
	expect(t, "grown", of(af.Read[int32](ctx, file, "a", af.All))(t), counting(8))
	_, err := af.Append(ctx, file, "a", 2, []int64{1, 2}, []int32{4, 5})
	expectStatus(t, err, af.OutOfBounds)
	ok(t, file.Define("texts", af.Schema{DataType: af.String, Shape: []int64{0}}))
	of(file.AppendStrings(ctx, "texts", 0, []int64{2}, []string{astral, ""}))(t)
	expect(t, "texts", of(file.ReadStrings(ctx, "texts", af.All))(t), []string{astral, ""})
	ok(t, file.Define("binaries", af.Schema{DataType: af.Binary, Shape: []int64{0}}))
	expect(t, "binaries", of(file.AppendBinaries(ctx, "binaries", 0, []int64{1}, [][]byte{{1}}))(t), int64(0))
	ok(t, file.Rename("a", "b"))
	ok(t, file.Flush(ctx))

	page, next, err := file.ListPage("", af.MatchPrefix, 0, 2)
	ok(t, err)
	expect(t, "page", []any{page[0].Name, page[1].Name, next > 0}, []any{"texts", "binaries", true})
	page, next, err = file.ListPage("[!t]*", af.MatchGlob, next, 2)
	ok(t, err)
	expect(t, "last page", []any{page[0].Name, len(page), next}, []any{"b", 1, int64(-1)})

	other := inMemory(t)
	ok(t, other.CopyArray(ctx, file, "b", "c", af.PresentRefuse))
	ok(t, other.CopyArrays(ctx, file, af.NamesOf("texts", "b"), af.PresentRefuse))
	expectStatus(t, other.CopyArrays(ctx, file, af.NamesOf("texts"), af.PresentRefuse), af.ArrayAlreadyExists)
	ok(t, other.Merge(ctx, file, af.PresentSkip))
	ok(t, other.MoveArray(ctx, file, "b", "d", af.PresentRefuse))
	ok(t, other.Flush(ctx))
	ok(t, file.Flush(ctx))
	expect(t, "moved", []bool{of(other.Contains("d"))(t), of(file.Contains("b"))(t)}, []bool{true, false})
	expect(t, "merged", len(of(other.List())(t)), 5)

	backup := filepath.Join(folder, "backup.af")
	ok(t, file.Backup(ctx, backup, nil))
	expect(t, "backup", len(of(of(af.Open(backup, nil))(t).List())(t)), 2)
	ok(t, file.Upgrade(ctx, 5))
	expect(t, "version", of(file.FooterVersion())(t), 5)
	of(file.GC())(t)
}

func TestFilesInMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.af")
	file := of(af.Create(path, nil))(t)
	ok(t, file.Define("a", af.SchemaOf[int32](1000)))
	ok(t, af.Write(ctx, file, "a", af.All, counting(1000)))
	ok(t, file.Flush(ctx))
	ok(t, file.Compact(ctx))
	ok(t, file.Close())
	for range 100 {
		inPlace := of(af.OpenBytes(of(os.ReadFile(path))(t), nil))(t)
		runtime.GC()
		expect(t, "in place", of(af.Read[int32](ctx, inPlace, "a", af.All))(t), counting(1000))
		ok(t, inPlace.Close())
	}
	for _, bad := range [][]byte{nil, []byte("no file")} {
		if _, err := af.OpenBytes(bad, nil); err == nil {
			t.Errorf("%q was opened", bad)
		}
	}
	descriptor := of(os.Open(path))(t)
	opened := of(af.OpenDescriptor(descriptor, nil))(t)
	ok(t, descriptor.Close())
	expect(t, "by descriptor", of(af.Read[int32](ctx, opened, "a", af.All))(t), counting(1000))
	ok(t, opened.Close())
}

func TestLists(t *testing.T) {
	file := inMemory(t)
	ok(t, file.Define("lists", af.Schema{DataType: af.List, Shape: []int64{2},
		Lists: []af.ListLevel{{Child: af.FixedSizeList}, {Child: af.Float32, Size: 2}}}))
	ok(t, file.WriteLists(ctx, "lists", af.All, af.ListsOf([]float32{1, 2, 3, 4, 5, 6}, []int64{0, 1, 3})))
	found := of(file.ReadLists(ctx, "lists", af.All))(t)
	expect(t, "offsets", found.Offsets, [][]int64{{0, 1, 3}, nil, nil})
	expect(t, "counts", found.Counts, []int64{2, 3, 6})
	expect(t, "values", of(af.ListValues[float32](found))(t), []float32{1, 2, 3, 4, 5, 6})
	_, err := af.ListValues[float64](found)
	expectStatus(t, err, af.DataTypeMismatch)
	ok(t, file.Define("texts", af.Schema{DataType: af.List, Shape: []int64{2}, Lists: []af.ListLevel{{Child: af.String}}}))
	texts := af.Lists{ValueType: af.String, Offsets: [][]int64{{0, 0, 2}, {0, 1, 3}}, Data: []byte("abc")}
	ok(t, file.WriteLists(ctx, "texts", af.All, texts))
	texts.Counts = []int64{2, 2}
	expect(t, "texts", of(file.ReadLists(ctx, "texts", af.All))(t), texts)
	expectStatus(t, file.WriteLists(ctx, "texts", af.All, af.Lists{Offsets: [][]int64{{0, 3, 2}}}), af.InvalidArgument)
}

func TestArrowAndDLPackOfFiles(t *testing.T) {
	file, other := grid(t, []int64{4, 3}, []int64{2, 3}), inMemory(t)
	schema, array := exchange.ArrowStructs()
	ok(t, file.ExportArrow("grid", af.Region{Start: []int64{1, 0}, Shape: []int64{2, 3}}, schema, array))
	ok(t, other.WriteArrow("some", schema, array))
	exchange.ReleaseArrow(schema, array)
	expect(t, "by Arrow", of(af.Read[int32](ctx, other, "some", af.All))(t), []int32{3, 4, 5, 6, 7, 8})
	stream := exchange.ArrowStream()
	ok(t, file.ExportArrowStream(af.NamesOf("grid"), 3, stream))
	ok(t, other.WriteArrowStream(stream))
	exchange.ReleaseStream(stream)
	expect(t, "by a stream", of(af.Read[int32](ctx, other, "grid", af.All))(t), counting(12))
	tensor := of(file.ExportDLPack("grid", af.All))(t)
	defer exchange.ReleaseTensor(tensor)
	ok(t, file.Close())
	mapped := of(af.CreateMmapFromDLPack(filepath.Join(t.TempDir(), "m.mmap"), tensor, nil))(t)
	expect(t, "by DLPack", of(af.ReadMmap[int32](mapped, af.All))(t), counting(12))
}
