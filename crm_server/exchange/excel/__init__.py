"""Reading messy spreadsheets: from the bytes of a file to parties and products, with every doubt as a question.

Pure: no database, no globals that change. The path of a file through the modules:

    reader (xlsx_file, csv_file)  bytes → sheets of raw cells
    headings, analysis            where the heading is, which column is what
    rows (parties, products)      a raw row → typed values and problems, with cells, requisites, contacts, goods, names
    merging                       rows of one customer or product become one
    report                        rows that did not go in, back as a file with the reasons
"""
