package org.arrayformat;

/**
 * What kind of store of datasets it is.
 *
 * @param generation its generation
 * @param footerVersion of its stacks
 * @param codec of new data; in containers what was used
 * @param metadataFormat how metadata are written; null for containers
 * @param metadataCodec how the metadata document is compressed
 * @param datasetCount datasets
 * @param rowCount deleted datasets that keep their rows included
 * @param variableCount variables
 * @param epoch schema 3: grows with each commit; else 0
 * @param createdUnixMs containers; else 0
 * @param commit the number of the commit that the handle sees; 0: none, or one of another library
 */
public record AtlasInfo(Generation generation, int footerVersion, Codec codec, MetadataFormat metadataFormat, Codec metadataCodec,
    long datasetCount, long rowCount, long variableCount, long epoch, long createdUnixMs, long commit) {
    static AtlasInfo from(af_atlas_info info) {
        return new AtlasInfo(Generation.of(info.getGeneration()), info.getFooter_version(), Codec.of(info.getCodec()),
            MetadataFormat.of(info.getMetadata_format()), Codec.of(info.getMetadata_codec()), info.getDataset_count(), info.getRow_count(),
            info.getVariable_count(), info.getEpoch(), info.getCreated_unix_ms(),
            info.getCommit());
    }
}
