"""Import from a spreadsheet: the fields a column can go to, what was found in a file, questions and their answers.

The path of a file: upload → `FileAnalysis` (sheet, heading, proposed mapping) → `ImportOptions` → `DryRun` (nothing is
written) → answers to questions (`Resolution`) → a background batch (`ImportBatchRead`) that can be undone whole.

Every row of the sheet lands in exactly one `Bucket`; the sizes of the buckets add up to the rows of the sheet.
"""

from crm_contract.exchange.batches import (
    BUSY_STATES,
    IMPORT_LIST,
    IMPORT_STATES,
    ImportBatchRead,
    ImportState,
)
from crm_contract.exchange.fields import (
    IMPORT_FIELDS,
    IMPORT_MODES,
    IMPORT_TARGETS,
    MATCH_CHOICES,
    MAX_COLUMNS,
    MAX_FILE_BYTES,
    MAX_ROWS,
    PARTY_FIELDS,
    PRICE_FIELDS,
    PRODUCT_FIELDS,
    ImportField,
    ImportMode,
    ImportTarget,
    MatchBy,
    import_field,
)
from crm_contract.exchange.files import (
    ColumnGuess,
    FileAnalysis,
    HeadingAnalysis,
    HeadingQuery,
    SampleRow,
    SavedMapping,
    SheetAnalysis,
)
from crm_contract.exchange.rows import (
    BUCKETS,
    Bucket,
    DryRun,
    DryRunQuery,
    ImportCounts,
    ImportOptions,
    PreviewRow,
    Resolution,
    ResolutionAction,
    RowProblem,
    Severity,
    is_open,
)

__all__ = [
    "BUCKETS",
    "BUSY_STATES",
    "IMPORT_FIELDS",
    "IMPORT_LIST",
    "IMPORT_MODES",
    "IMPORT_STATES",
    "IMPORT_TARGETS",
    "MATCH_CHOICES",
    "MAX_COLUMNS",
    "MAX_FILE_BYTES",
    "MAX_ROWS",
    "PARTY_FIELDS",
    "PRICE_FIELDS",
    "PRODUCT_FIELDS",
    "Bucket",
    "ColumnGuess",
    "DryRun",
    "DryRunQuery",
    "FileAnalysis",
    "HeadingAnalysis",
    "HeadingQuery",
    "ImportBatchRead",
    "ImportCounts",
    "ImportField",
    "ImportMode",
    "ImportOptions",
    "ImportState",
    "ImportTarget",
    "MatchBy",
    "PreviewRow",
    "Resolution",
    "ResolutionAction",
    "RowProblem",
    "SampleRow",
    "SavedMapping",
    "Severity",
    "SheetAnalysis",
    "import_field",
    "is_open",
]
