"""Reading messy spreadsheets: from the bytes of a file to parties and products, with every doubt as a question.

Pure: no database, no state between calls. The path of a file through the modules:

    reader (xlsx_file, csv_file)      bytes → sheets of raw cells
    analysis (headings, evidence)     the sheet, its heading, the proposed mapping
    rows (parties, products)          a raw row → typed values and problems; `answers` of people are applied here
      cells, requisite_cells, contact_cells, goods_cells, company_names, person_names: what one cell says
    merging                           rows of one customer or product become one
    plan                              all of it: every row of the sheet in exactly one bucket
    preview, report                   the plan for the eye; rows that did not go in, back as a file with the reasons
    bodies, updates                   the plan for the database: new cards, changes of known ones
"""
