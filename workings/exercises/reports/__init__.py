"""Reports: a class that was marked: marks, the commonest mistakes, every question, and a page for each student.

report.to_text()  report.write("report", pdf=True)  report.to_json()
"""
