package org.arrayformat;

import java.util.List;
import java.util.Map;

/** One dataset of an {@link Atlas}, which it keeps alive. */
public final class Dataset extends ArrayData {
    Dataset(long handle) {
        super(handle, Raw::af_dataset_close);
    }

    /** {@return its name} */
    public String name() {
        byte[][] name = new byte[1][];
        call(dataset -> Raw.af_dataset_name(dataset, name));
        return Text.of(name[0]);
    }

    /** {@return names and types of its arrays and attributes} */
    public AtlasSchema atlasSchema() {
        return AtlasSchema.take(call(Raw::af_dataset_get_schema));
    }

    @Override
    void defineRaw(byte[] name, long schema) {
        call(dataset -> Raw.af_dataset_define(dataset, name, schema));
    }

    @Override
    public void delete(String name) {
        call(dataset -> Raw.af_dataset_delete(dataset, Text.utf8(name)));
    }

    @Override
    public boolean contains(String name) {
        return call(dataset -> Raw.af_dataset_contains(dataset, Text.utf8(name))) != 0;
    }

    @Override
    long schemaRaw(byte[] name) {
        return call(dataset -> Raw.af_dataset_schema(dataset, name));
    }

    @Override
    public List<ArrayInfo> list() {
        return Results.listing(call(Raw::af_dataset_list));
    }

    @Override
    public Statistics statistics(String name) {
        return Results.statistics(call(dataset -> Raw.af_dataset_stats(dataset, Text.utf8(name)))).get(0);
    }

    // -- attributes of the dataset

    /**
     * Sets an attribute of the dataset.
     *
     * @param key the attribute
     * @param value its value
     */
    public void setAttribute(String key, Value value) {
        Value.with(value, given -> call(dataset -> Raw.af_dataset_set_attribute(dataset, Text.utf8(key), given)));
    }

    /**
     * Removes an attribute of the dataset.
     *
     * @param key the attribute
     */
    public void removeAttribute(String key) {
        call(dataset -> Raw.af_dataset_remove_attribute(dataset, Text.utf8(key)));
    }

    /**
     * One attribute of the dataset.
     *
     * @param key the attribute
     * @return its value
     */
    public Value attribute(String key) {
        return Value.take(call(dataset -> Raw.af_dataset_get_attribute(dataset, Text.utf8(key))));
    }

    /** {@return all attributes of the dataset, in order} */
    public Map<String, Value> attributes() {
        return Results.attributes(call(Raw::af_dataset_attributes));
    }

    // -- attributes of its arrays

    @Override
    public void setAttribute(String name, String key, Value value) {
        Value.with(value,
            given -> call(dataset -> Raw.af_dataset_set_array_attribute(dataset, Text.utf8(name), Text.utf8(key), given)));
    }

    @Override
    public void removeAttribute(String name, String key) {
        call(dataset -> Raw.af_dataset_remove_array_attribute(dataset, Text.utf8(name), Text.utf8(key)));
    }

    @Override
    public Value attribute(String name, String key) {
        return Value.take(call(dataset -> Raw.af_dataset_get_array_attribute(dataset, Text.utf8(name), Text.utf8(key))));
    }

    @Override
    public Map<String, Value> attributes(String name) {
        return Results.attributes(call(dataset -> Raw.af_dataset_array_attributes(dataset, Text.utf8(name))));
    }

    // -- data

    @Override
    long readRaw(byte[] name, Region region, long address, long length) {
        return call(dataset -> Raw.af_dataset_read(dataset, name, region.start, region.shape, region.rank(), region.strides, address,
            length));
    }

    @Override
    long writeRaw(byte[] name, Region region, long address, long length) {
        return call(dataset -> Raw.af_dataset_write(dataset, name, region.start, region.shape, region.rank(), region.strides, address,
            length));
    }

    @Override
    long readVariableRaw(byte[] name, Region region) {
        return call(dataset -> Raw.af_dataset_read_variable(dataset, name, region.start, region.shape, region.rank()));
    }

    @Override
    void writeVariableRaw(byte[] name, Region region, VariableElements elements) {
        call(dataset -> Raw.af_dataset_write_variable(dataset, name, region.start, region.shape, region.rank(), elements.address(),
            elements.offsets(), elements.count()));
    }
}
