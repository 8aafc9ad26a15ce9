// PostgreSQL's own client library, from the package libpq-dev.
#include <libpq-fe.h>
