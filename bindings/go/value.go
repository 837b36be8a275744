package arrayformat

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"time"
	"unsafe"

	"arrayformat.org/go/internal/raw"
)

// Value is an attribute, a fill value, a minimum or maximum: a scalar or a list. It does not change. The zero Value is none.
type Value struct {
	dataType DataType
	known    bool
	isList   bool
	count    int64
	data     []byte
	offsets  []int64
}

// ScalarOf makes a value of one element.
func ScalarOf[T Element](element T) Value { return fixedValue([]T{element}, false) }

// ListOf makes a list.
func ListOf[T Element](elements ...T) Value { return fixedValue(elements, true) }

// TextOf makes a text, which must be UTF-8.
func TextOf(text string) Value { return variableValue(String, packed([]string{text}), false) }

// TextsOf makes a list of texts.
func TextsOf(texts ...string) Value { return variableValue(String, packed(texts), true) }

// BinaryOf makes a value of bytes.
func BinaryOf(binary []byte) Value { return variableValue(Binary, packed([][]byte{binary}), false) }

// BinariesOf makes a list of them.
func BinariesOf(binaries ...[]byte) Value { return variableValue(Binary, packed(binaries), true) }

// TimeOf makes a timestamp.
func TimeOf(moment time.Time) Value { return ScalarOf(TimestampOf(moment)) }

func fixedValue[T Element](elements []T, isList bool) Value {
	data, length := addressOf(elements)
	return Value{DataTypeOf[T](), true, isList, int64(len(elements)), copyOf[byte](data, length), nil}
}

func variableValue(of DataType, elements pieces, isList bool) Value {
	return Value{of, true, isList, elements.count(), elements.bytes, elements.offsets}
}

// IsZero tells that there is no value.
func (v Value) IsZero() bool { return !v.known }

// DataType is that of its elements.
func (v Value) DataType() DataType { return v.dataType }

// IsList tells a list of one from a scalar.
func (v Value) IsList() bool { return v.isList }

// Len is the number of elements: 1 for a scalar.
func (v Value) Len() int { return int(v.count) }

// Equal compares types and bits.
func (v Value) Equal(other Value) bool {
	return v.known == other.known && v.dataType == other.dataType && v.isList == other.isList && v.count == other.count &&
		bytes.Equal(v.data, other.data) && slices.Equal(v.offsets, other.offsets)
}

// ElementsOf answers the elements of a value of fixed width.
func ElementsOf[T Element](v Value) ([]T, error) {
	if wanted := DataTypeOf[T](); !v.known || v.dataType != wanted {
		return nil, fault(DataTypeMismatch, "the value is %v, expected %v", v, wanted)
	}
	return copyOf[T](unsafe.Pointer(unsafe.SliceData(v.data)), v.count), nil
}

// ScalarFrom answers the element of a scalar.
func ScalarFrom[T Element](v Value) (T, error) {
	elements, err := ElementsOf[T](v)
	if err != nil || v.isList {
		var none T
		if err == nil {
			err = fault(DataTypeMismatch, "the value is a list, expected a scalar")
		}
		return none, err
	}
	return elements[0], nil
}

// Text is the text of a scalar, "" of other values.
func (v Value) Text() string {
	if v.isList || v.offsets == nil {
		return ""
	}
	return string(v.data)
}

// Texts are the elements of a text, a binary or a list of them.
func (v Value) Texts() []string {
	if v.offsets == nil {
		return nil
	}
	return pieces{v.data, v.offsets}.strings()
}

// Any is the value as a Go value: a bool, a number, a Timestamp, a string, a []byte, or a slice of them; nil for none.
func (v Value) Any() any {
	if !v.known {
		return nil
	}
	switch v.dataType {
	case Bool:
		return anyOf[bool](v)
	case Int8:
		return anyOf[int8](v)
	case Int16:
		return anyOf[int16](v)
	case Int32:
		return anyOf[int32](v)
	case Int64:
		return anyOf[int64](v)
	case Uint8:
		return anyOf[uint8](v)
	case Uint16:
		return anyOf[uint16](v)
	case Uint32:
		return anyOf[uint32](v)
	case Uint64:
		return anyOf[uint64](v)
	case Float32:
		return anyOf[float32](v)
	case Float64:
		return anyOf[float64](v)
	case TimestampNS:
		return anyOf[Timestamp](v)
	case String:
		return oneOrAll(pieces{v.data, v.offsets}.strings(), v.isList)
	}
	return oneOrAll(pieces{bytes.Clone(v.data), v.offsets}.binaries(), v.isList)
}

func anyOf[T Element](v Value) any {
	elements := copyOf[T](unsafe.Pointer(unsafe.SliceData(v.data)), v.count)
	clean(elements)
	return oneOrAll(elements, v.isList)
}

func oneOrAll[T any](elements []T, all bool) any {
	if all {
		return elements
	}
	return elements[0]
}

func (v Value) String() string { return fmt.Sprint(v.Any()) }

// handle makes the library's value, to be freed by its af_value_free.
func (v Value) handle() (out uintptr, err error) {
	data := unsafe.Pointer(unsafe.SliceData(v.data))
	switch {
	case !v.known:
	case v.offsets == nil:
		err = check(raw.Af_value_create(int(v.dataType), v.isList, data, v.count, &out, 0))
	case v.dataType == String && !v.isList:
		err = check(raw.Af_value_create_text(string(v.data), &out, 0))
	default:
		err = check(raw.Af_value_create_variable(int(v.dataType), v.isList, data, v.offsets, v.count, &out, 0))
	}
	return out, err
}

// withValue calls with the library's value.
func withValue(v Value, call func(value uintptr) error) error {
	value, err := v.handle()
	if err != nil {
		return err
	}
	defer raw.Af_value_free(value)
	return call(value)
}

// borrowedValue copies a value of the library's; 0 is none.
func borrowedValue(value uintptr) Value {
	if value == 0 {
		return Value{}
	}
	found := Value{
		dataType: DataType(raw.Af_value_data_type(value)),
		known:    true,
		isList:   raw.Af_value_is_list(value),
		count:    raw.Af_value_count(value),
		data:     copyOf[byte](raw.Af_value_data(value), raw.Af_value_data_len(value)),
	}
	if offsets := raw.Af_value_offsets(value); offsets != nil {
		found.offsets = copyOf[int64](offsets, found.count+1)
	}
	return found
}

func takenValue(value uintptr) Value {
	defer raw.Af_value_free(value)
	return borrowedValue(value)
}

// Named is a value and what it belongs to: an attribute's key, an array or a dataset.
type Named struct {
	Name  string
	Value Value
}

func takenMap(names uintptr) []Named {
	defer raw.Af_value_map_free(names)
	found := make([]Named, raw.Af_value_map_count(names))
	for i := range found {
		var length int64
		name := raw.Af_value_map_name(names, int64(i), &length)
		found[i] = Named{textAt(name, length), borrowedValue(raw.Af_value_map_value(names, int64(i)))}
	}
	return found
}

// withValues calls with the library's values.
func withValues(values []Value, call func(handles []uintptr) error) error {
	handles := make([]uintptr, 0, len(values))
	defer func() {
		for _, handle := range handles {
			raw.Af_value_free(handle)
		}
		runtime.KeepAlive(values)
	}()
	for _, value := range values {
		handle, err := value.handle()
		if err != nil {
			return err
		}
		handles = append(handles, handle)
	}
	return call(handles)
}
