package org.arrayformat;

import java.util.ArrayList;
import java.util.List;

/**
 * What the arrays and attributes of one dataset, or of all of them together, are.
 *
 * @param arrays the arrays
 * @param attributes those of the dataset
 */
public record AtlasSchema(List<Variable> arrays, List<Attribute> attributes) {
    /**
     * One array.
     *
     * @param name its name
     * @param dataType its type
     * @param dimensionNames one for each axis
     * @param attributes its attributes
     * @param codec of one dataset: what the store keeps the array with; else null
     * @param chunkShape of one dataset: chunk extents as they were given; else null
     */
    public record Variable(String name, DataType dataType, List<String> dimensionNames, List<Attribute> attributes, Codec codec,
        long[] chunkShape) {}

    /**
     * One attribute.
     *
     * @param key its key
     * @param dataType its type
     * @param list whether it is a list
     */
    public record Attribute(String key, DataType dataType, boolean list) {}

    /** Takes an owned handle. */
    static AtlasSchema take(long schema) {
        try {
            List<Variable> arrays = new ArrayList<>();
            for (long i = 0; i < Raw.af_atlas_schema_array_count(schema); i++) {
                arrays.add(new Variable(Text.of(Raw.af_atlas_schema_array_name(schema, i)),
                    DataType.of(Raw.af_atlas_schema_array_data_type(schema, i)), dimensionsOf(schema, i), attributesOf(schema, i),
                    codecOf(schema, i), chunkShapeOf(schema, i)));
            }
            return new AtlasSchema(arrays, attributesOf(schema, -1));
        } finally {
            Raw.af_atlas_schema_free(schema);
        }
    }

    private static Codec codecOf(long schema, long array) {
        int codec = Raw.af_atlas_schema_array_codec(schema, array);
        return codec < 0 ? null : Codec.of(codec);
    }

    private static long[] chunkShapeOf(long schema, long array) {
        try (Memory.Scratch rank = new Memory.Scratch(Integer.BYTES)) {
            long shape = Raw.af_atlas_schema_array_chunk_shape(schema, array, rank.address);
            return shape == 0 ? null : Memory.longs(shape, Memory.ints(rank.address, 1)[0]);
        }
    }

    private static List<String> dimensionsOf(long schema, long array) {
        List<String> names = new ArrayList<>();
        for (int axis = 0; axis < Raw.af_atlas_schema_dimension_count(schema, array); axis++) {
            names.add(Text.of(Raw.af_atlas_schema_dimension_name(schema, array, axis)));
        }
        return names;
    }

    private static List<Attribute> attributesOf(long schema, long array) {
        List<Attribute> attributes = new ArrayList<>();
        for (long i = 0; i < Raw.af_atlas_schema_attribute_count(schema, array); i++) {
            attributes.add(new Attribute(Text.of(Raw.af_atlas_schema_attribute_key(schema, array, i)),
                DataType.of(Raw.af_atlas_schema_attribute_data_type(schema, array, i)),
                Raw.af_atlas_schema_attribute_is_list(schema, array, i)));
        }
        return attributes;
    }
}
