//! With what applications are built, which no setting of a mesh says.

/// What applications are written with.
const TECHNOLOGIES: &[&str] = &[
    ".net",
    "angular",
    "angularjs",
    "asp.net",
    "c#",
    "c++",
    "clojure",
    "django",
    "dotnet",
    "elixir",
    "express",
    "express.js",
    "fastapi",
    "flask",
    "go",
    "golang",
    "haskell",
    "java",
    "javascript",
    "kotlin",
    "laravel",
    "nestjs",
    "next.js",
    "nextjs",
    "node.js",
    "nodejs",
    "nuxt",
    "phoenix",
    "php",
    "python",
    "quarkus",
    "rails",
    "react",
    "react.js",
    "reactjs",
    "ruby",
    "rust",
    "scala",
    "spring",
    "spring boot",
    "spring-boot",
    "svelte",
    "symfony",
    "typescript",
    "vue",
    "vue.js",
    "vuejs",
];

/// What is bought and not written, and stands before the noun of its kind: "a redis cache".
const SERVERS: &[&str] = &[
    "cassandra",
    "elasticsearch",
    "kafka",
    "mariadb",
    "memcached",
    "mongo",
    "mongodb",
    "mysql",
    "nginx",
    "opensearch",
    "oracle",
    "postgres",
    "postgresql",
    "rabbitmq",
    "redis",
];

/// Those nouns.
const OF_SERVERS: &[&str] = &["broker", "cache", "database", "databases", "db", "index", "queue", "store"];

/// What says of what sort an application is that is called by the noun behind it: "a web frontend", "a REST API".
const SORTS: &[&str] = &["web", "rest", "restful", "graphql", "mobile"];

/// Such nouns.
const OF_SORTS: &[&str] = &["api", "app", "backend", "client", "frontend", "server", "ui"];

/// Whether something is written with it: `react`, `spring boot`.
pub(crate) fn is_technology(word: &str) -> bool {
    TECHNOLOGIES.contains(&word)
}

/// Servers that speak HTTP; all others speak protocols of their own over TCP.
const HTTP_SERVERS: &[&str] = &["elasticsearch", "nginx", "opensearch"];

/// Whether a name is that of a server with a protocol of its own: `redis`, `orders-postgres`.
pub(crate) fn has_own_protocol(name: &str) -> bool {
    let name = name.to_lowercase();
    let server = name.rsplit(['-', '_']).next().unwrap_or_default();
    is_tcp_server(server)
}

/// Whether it is a server that stands before the noun of its kind.
pub(crate) fn is_server_of(word: &str, noun: &str) -> bool {
    SERVERS.contains(&word) && OF_SERVERS.contains(&noun)
}

/// Whether it is a server that speaks a protocol of its own over TCP.
pub(crate) fn is_tcp_server(word: &str) -> bool {
    SERVERS.contains(&word) && !HTTP_SERVERS.contains(&word)
}

/// Whether it only says of what sort the noun is that stands behind it.
pub(crate) fn is_sort_of(word: &str, noun: &str) -> bool {
    SORTS.contains(&word) && OF_SORTS.contains(&noun)
}
