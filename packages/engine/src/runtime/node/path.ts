import posix from 'path-browserify';

// Node's `path` on a POSIX system.
export const basename: typeof posix.basename = posix.basename;
export const dirname: typeof posix.dirname = posix.dirname;
export const extname: typeof posix.extname = posix.extname;
export const isAbsolute: typeof posix.isAbsolute = posix.isAbsolute;
export const join: typeof posix.join = posix.join;
export const normalize: typeof posix.normalize = posix.normalize;
export const relative: typeof posix.relative = posix.relative;
export const resolve: typeof posix.resolve = posix.resolve;
