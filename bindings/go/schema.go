package arrayformat

import "arrayformat.org/go/internal/raw"

// Schema is what an array is.
type Schema struct {
	// DataType is that of the elements, or List or FixedSizeList.
	DataType DataType
	// Lists are the levels below a list, outermost first: the types of children, with the last one's that of the elements.
	Lists []ListLevel
	Shape []int64
	// ChunkShape is the whole array if it is nil.
	ChunkShape []int64
	// Dimensions are called dim0, dim1, ... if they are nil.
	Dimensions []string
	// Fill is what unwritten cells read as.
	Fill Value
}

// ListLevel is one level of nesting: the child's type, and the size of the lists that hold it, 0 if it is not fixed.
type ListLevel struct {
	Child DataType
	Size  int64
}

// SchemaOf is a schema of T, in one chunk.
func SchemaOf[T Element](shape ...int64) Schema {
	return Schema{DataType: DataTypeOf[T](), Shape: shape}
}

// Chunked answers the schema with another chunk shape.
func (s Schema) Chunked(shape ...int64) Schema {
	s.ChunkShape = shape
	return s
}

// Named answers the schema with names of dimensions.
func (s Schema) Named(dimensions ...string) Schema {
	s.Dimensions = dimensions
	return s
}

// Filled answers the schema with a fill value.
func (s Schema) Filled(fill Value) Schema {
	s.Fill = fill
	return s
}

// elementType is the type at the bottom of lists.
func (s Schema) elementType() DataType {
	if len(s.Lists) > 0 {
		return s.Lists[len(s.Lists)-1].Child
	}
	return s.DataType
}

// handle makes the library's schema, to be freed by its af_schema_free.
func (s Schema) handle() (schema uintptr, err error) {
	if err := check(raw.Af_schema_create(int(s.elementType()), s.Shape, len(s.Shape), &schema, 0)); err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			raw.Af_schema_free(schema)
		}
	}()
	for level := len(s.Lists) - 1; level >= 0; level-- {
		of := s.DataType
		if level > 0 {
			of = s.Lists[level-1].Child
		}
		if err := check(raw.Af_schema_wrap_list(schema, int(of), s.Lists[level].Size, 0)); err != nil {
			return 0, err
		}
	}
	if s.ChunkShape != nil {
		if err := check(raw.Af_schema_set_chunk_shape(schema, s.ChunkShape, len(s.ChunkShape), 0)); err != nil {
			return 0, err
		}
	}
	for axis, name := range s.Dimensions {
		if err := check(raw.Af_schema_set_dimension_name(schema, axis, name, 0)); err != nil {
			return 0, err
		}
	}
	if s.Fill.IsZero() {
		return schema, nil
	}
	return schema, withValue(s.Fill, func(fill uintptr) error { return check(raw.Af_schema_set_fill(schema, fill, 0)) })
}

func takenSchema(schema uintptr) Schema {
	defer raw.Af_schema_free(schema)
	rank := raw.Af_schema_rank(schema)
	found := Schema{
		DataType:   DataType(raw.Af_schema_data_type(schema)),
		Shape:      copyOf[int64](raw.Af_schema_shape(schema), int64(rank)),
		ChunkShape: copyOf[int64](raw.Af_schema_chunk_shape(schema), int64(rank)),
		Dimensions: make([]string, rank),
		Fill:       borrowedValue(raw.Af_schema_fill(schema)),
	}
	for axis := range found.Dimensions {
		var length int64
		name := raw.Af_schema_dimension_name(schema, axis, &length)
		found.Dimensions[axis] = textAt(name, length)
	}
	for level := range raw.Af_schema_list_depth(schema) {
		child := DataType(raw.Af_schema_list_data_type(schema, level+1))
		found.Lists = append(found.Lists, ListLevel{child, raw.Af_schema_list_size(schema, level)})
	}
	return found
}

// layout is the part of a schema that reading needs.
type layout struct {
	dataType DataType
	shape    []int64
	elements int64
}

func takenLayout(schema uintptr) layout {
	defer raw.Af_schema_free(schema)
	return layout{
		DataType(raw.Af_schema_data_type(schema)),
		copyOf[int64](raw.Af_schema_shape(schema), int64(raw.Af_schema_rank(schema))),
		raw.Af_schema_element_count(schema),
	}
}

// count is the number of elements of a region of the array.
func (l layout) count(region Region) (int64, error) {
	if err := region.check(); err != nil {
		return 0, err
	}
	if region.Start == nil {
		return l.elements, nil
	}
	if region.rank() != len(l.shape) {
		return 0, fault(InvalidArgument, "a region of rank %d in an array of rank %d", region.rank(), len(l.shape))
	}
	for axis, extent := range l.shape {
		if start, length := region.Start[axis], region.Shape[axis]; start < 0 || length < 0 || start > extent || length > extent-start {
			return 0, fault(OutOfBounds, "axis %d: start %d and shape %d lie outside the array's extent of %d", axis, start, length, extent)
		}
	}
	return count(region.Shape)
}
