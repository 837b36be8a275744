package org.arrayformat;

/**
 * What a handle has asked of its store since it was opened.
 *
 * @param readRequests reads
 * @param bytesRead bytes asked for
 * @param writeRequests writes
 * @param bytesWritten bytes written
 * @param blocksDecoded blocks decoded
 * @param bytesDecoded bytes decoded
 * @param cacheHits blocks found decoded
 */
public record IoStats(long readRequests, long bytesRead, long writeRequests, long bytesWritten, long blocksDecoded, long bytesDecoded,
    long cacheHits) {
    @FunctionalInterface
    interface Filler {
        void fill(long stats);
    }

    static IoStats from(Filler filler) {
        try (af_io_stats stats = new af_io_stats()) {
            filler.fill(af_io_stats.getCPtr(stats));
            return new IoStats(stats.getRead_requests(), stats.getBytes_read(), stats.getWrite_requests(), stats.getBytes_written(),
                stats.getBlocks_decoded(), stats.getBytes_decoded(), stats.getCache_hits());
        }
    }
}
