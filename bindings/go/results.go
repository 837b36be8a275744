package arrayformat

import "arrayformat.org/go/internal/raw"

// ArrayInfo is one line of a listing. Across datasets the name is the dataset's, and the type NoDataType where it lacks the variable.
type ArrayInfo struct {
	Name     string
	DataType DataType
	Shape    []int64
}

func takenListing(listing uintptr) []ArrayInfo {
	defer raw.Af_listing_free(listing)
	count := raw.Af_listing_count(listing)
	nameAt := at[int64](raw.Af_listing_name_offsets(listing), count+1)
	shapeAt := at[int64](raw.Af_listing_shape_offsets(listing), count+1)
	types := at[int32](raw.Af_listing_data_types(listing), count)
	if count == 0 {
		return nil
	}
	names := textAt(raw.Af_listing_names(listing), nameAt[count])
	shapes := copyOf[int64](raw.Af_listing_shapes(listing), shapeAt[count])
	found := make([]ArrayInfo, count)
	for i := range found {
		from, to := shapeAt[i], shapeAt[i+1]
		found[i] = ArrayInfo{names[nameAt[i]:nameAt[i+1]], DataType(types[i]), shapes[from:to:to]}
	}
	return found
}

// Stats are the statistics of an array.
type Stats struct {
	Name string
	// Known is false for layers of other writers that have none: the rest says nothing then.
	Known bool
	// Rows are all elements, Nulls those that equal the fill value or were never written.
	Rows, Nulls uint64
	// Min and Max are zero Values if no element counts.
	Min, Max Value
}

func takenStats(stats uintptr) []Stats {
	defer raw.Af_stats_free(stats)
	found := make([]Stats, raw.Af_stats_count(stats))
	for n := range found {
		i := int64(n)
		var length int64
		name := raw.Af_stats_name(stats, i, &length)
		found[n] = Stats{
			Name:  textAt(name, length),
			Known: raw.Af_stats_known(stats, i),
			Rows:  raw.Af_stats_row_count(stats, i),
			Nulls: raw.Af_stats_null_count(stats, i),
			Min:   borrowedValue(raw.Af_stats_min(stats, i)),
			Max:   borrowedValue(raw.Af_stats_max(stats, i)),
		}
	}
	return found
}

// Finding is one line of a check. A problem is damaged or missing data; the rest is worth knowing.
type Finding struct {
	Problem bool
	Text    string
}

func takenReport(report uintptr) []Finding {
	defer raw.Af_report_free(report)
	found := make([]Finding, raw.Af_report_count(report))
	for i := range found {
		found[i] = Finding{raw.Af_report_is_problem(report, int64(i)), goText(raw.Af_report_text(report, int64(i)))}
	}
	return found
}

func takenRows(rows uintptr) []int64 {
	defer raw.Af_rows_free(rows)
	return copyOf[int64](raw.Af_rows_data(rows), raw.Af_rows_count(rows))
}

// AtlasSchema says what arrays and attributes are, without values.
type AtlasSchema struct {
	Arrays     []AtlasArray
	Attributes []AttributeType
}

// AtlasArray is an array of a dataset, or of all of them.
type AtlasArray struct {
	Name       string
	DataType   DataType
	Dimensions []string
	Attributes []AttributeType
	// Codec and ChunkShape are those of one dataset's array; of several datasets' CodecUnknown and nil.
	Codec      Codec
	ChunkShape []int64
}

// AttributeType is a key and what its values are.
type AttributeType struct {
	Key      string
	DataType DataType
	IsList   bool
}

func takenAtlasSchema(schema uintptr) AtlasSchema {
	defer raw.Af_atlas_schema_free(schema)
	found := AtlasSchema{make([]AtlasArray, raw.Af_atlas_schema_array_count(schema)), attributeTypes(schema, -1)}
	for n := range found.Arrays {
		array := int64(n)
		var length int64
		name := raw.Af_atlas_schema_array_name(schema, array, &length)
		found.Arrays[n] = AtlasArray{
			Name:       textAt(name, length),
			DataType:   DataType(raw.Af_atlas_schema_array_data_type(schema, array)),
			Dimensions: make([]string, raw.Af_atlas_schema_dimension_count(schema, array)),
			Attributes: attributeTypes(schema, array),
			Codec:      Codec(raw.Af_atlas_schema_array_codec(schema, array)),
		}
		var rank int32
		if extents := raw.Af_atlas_schema_array_chunk_shape(schema, array, &rank); extents != nil {
			found.Arrays[n].ChunkShape = copyOf[int64](extents, int64(rank))
		}
		for axis := range found.Arrays[n].Dimensions {
			name := raw.Af_atlas_schema_dimension_name(schema, array, axis, &length)
			found.Arrays[n].Dimensions[axis] = textAt(name, length)
		}
	}
	return found
}

func attributeTypes(schema uintptr, array int64) []AttributeType {
	found := make([]AttributeType, raw.Af_atlas_schema_attribute_count(schema, array))
	for n := range found {
		i := int64(n)
		var length int64
		key := raw.Af_atlas_schema_attribute_key(schema, array, i, &length)
		found[n] = AttributeType{
			textAt(key, length),
			DataType(raw.Af_atlas_schema_attribute_data_type(schema, array, i)),
			raw.Af_atlas_schema_attribute_is_list(schema, array, i),
		}
	}
	return found
}
